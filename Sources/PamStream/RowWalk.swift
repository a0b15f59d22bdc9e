/// A walk over a raster, row by row.
package struct RowWalk {
  private var walk: Raster.Walk
  private let bytesPerRow: Int
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Begins at the top; of the rasters of one input one can be walked at a time.
  package init(_ raster: Raster) {
    walk = raster.walk()
    bytesPerRow = raster.header.bytesPerRow
  }

  /// The next row, there until the next is asked for; nil behind the last.
  ///
  /// - Throws: `NetpbmError` if the input changed since it was first read, `SystemError`,
  ///   `OutOfMemory`.
  package mutating func next() throws -> UnsafeRawBufferPointer? {
    if rest.isEmpty {
      guard let rows = try walk.next() else { return nil }
      rest = rows
    }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[bytesPerRow...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<bytesPerRow])
  }
}
