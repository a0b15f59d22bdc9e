/// An iteration over the rows of a raster, one by one.
package struct RowWalk {
  private var walk: Raster.Walk
  private let bytesPerRow: Int
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Begins at the top. Only one raster of an input can be walked at a time.
  package init(_ raster: Raster) {
    walk = raster.walk()
    bytesPerRow = raster.header.bytesPerRow
  }

  /// Returns the next row, valid until the next call; nil at the end.
  ///
  /// - Throws: `NetpbmError` if the input changed since it was first read, `SystemError`, `OutOfMemory`.
  package mutating func next() throws -> UnsafeRawBufferPointer? {
    if rest.isEmpty {
      guard let rows = try walk.next() else { return nil }
      rest = rows
    }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[bytesPerRow...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<bytesPerRow])
  }
}
