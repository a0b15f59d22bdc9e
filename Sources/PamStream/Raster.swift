import Memory

/// The tuples of one image, which can be read several times.
///
/// Tuples have the format of a raw PAM raster: `TupleLayout.bytesPerTuple` bytes each, row after row without padding.
/// This also applies to PBM; its sample is 1 for white and 0 for black.
///
/// If the input can be read again, the tuples are not stored. Otherwise the first rows are stored in memory, up to a
/// limit for all rasters of an input together, and the other rows in a temporary file.
package final class Raster {
  package let header: PamHeader

  /// Whether the rows can be walked later.
  private let isKept: Bool

  private let store: RasterStore

  /// The first rows, which are in memory.
  private var segments: [Storage<UInt8>] = []
  private var rowsInMemory = 0

  /// The number of rows that are not in memory. They are read into the block of `RasterStore`.
  private var rowsElsewhere = 0
  private var source: SourceRegion?
  private var spool: Spool?

  /// The offset of the rows in the temporary file.
  private var spoolStart = 0

  /// Makes a raster without rows.
  ///
  /// - Parameters:
  ///   - header: The image's header.
  ///   - isKept: Whether the rows can be walked later.
  ///   - source: The file region that is read again; `nil` if the rows have to be stored.
  ///   - store: The memory and temporary file for the rows.
  init(_ header: PamHeader, isKept: Bool, source: SourceRegion?, in store: RasterStore) {
    self.header = header
    self.isKept = isKept
    self.source = source
    self.store = store
  }

  deinit {
    store.note(byteCount: -segments.reduce(0) { $0 + $1.elements.count })
  }

  /// An iteration over the rows.
  package struct Walk {
    private let raster: Raster
    private var segment = 0
    private var block = 0

    fileprivate init(_ raster: Raster) {
      self.raster = raster
    }

    /// Returns the next run of whole rows, contiguous and valid until the next call; `nil` at the end.
    ///
    /// - Throws: `NetpbmError` if the input changed since it was first read, `SystemError`, `OutOfMemory`.
    package mutating func next() throws -> UnsafeRawBufferPointer? {
      if segment < raster.segments.count {
        defer { segment += 1 }
        return UnsafeRawBufferPointer(raster.segments[segment].elements)
      }
      defer { block += 1 }
      return try raster.rows(ofBlock: block)
    }
  }

  /// Begins a walk over the rows, top to bottom. Only one raster of an input can be walked at a time.
  package func walk() -> Walk {
    precondition(isKept && rowsInMemory + rowsElsewhere == header.height)
    return Walk(self)
  }

  /// Calls `body` with successive runs of whole rows, top to bottom. Each run is contiguous and valid during the call.
  ///
  /// - Throws: `NetpbmError` if the input changed since it was first read; `body` has not received any changed rows.
  ///   `SystemError`, `OutOfMemory`, errors of `body`.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var walk = walk()
    while let rows = try walk.next() {
      try body(rows)
    }
  }

  /// Reads a block of the rows that are not in memory; `nil` after the last block.
  private func rows(ofBlock index: Int) throws -> UnsafeRawBufferPointer? {
    let start = index * rowsPerBlock
    guard start < rowsElsewhere else { return nil }
    if index == 0 { try source?.checkUnchanged() }
    let rows = try store.block(byteCount: min(rowsPerBlock, rowsElsewhere - start) * header.bytesPerRow)
    let offset = start * header.bytesPerRow
    if let source {
      try source.readAgain(block: index, at: offset, into: rows)
    } else {
      try spool?.read(into: rows, at: spoolStart + offset)
    }
    return UnsafeRawBufferPointer(rows)
  }

  /// Returns memory for the next rows. The caller has to fill it and pass it to `keep` before it asks for more.
  ///
  /// - Returns: Memory for a number of whole rows; `nil` if all rows have been read.
  /// - Throws: `OutOfMemory`.
  func nextRoom() throws -> UnsafeMutableRawBufferPointer? {
    let rowsLeft = header.height - rowsInMemory - rowsElsewhere
    guard rowsLeft > 0 else { return nil }
    if isKept, source == nil, rowsElsewhere == 0, let segment = try addSegment(rowsLeft: rowsLeft) {
      return segment
    }
    return try store.block(byteCount: min(rowsPerBlock, rowsLeft) * header.bytesPerRow)
  }

  /// Adds memory for rows.
  ///
  /// Each segment is twice as large as the one before, up to a maximum, so that the reserved memory is proportional to
  /// the rows that have arrived.
  ///
  /// - Returns: The memory; `nil` if the limit is reached.
  private func addSegment(rowsLeft: Int) throws -> UnsafeMutableRawBufferPointer? {
    let bytesLeft = store.bytesLeft
    guard bytesLeft >= header.bytesPerRow else { return nil }
    let wanted = min(Self.firstSegmentByteCount << min(segments.count, 8), Self.largestSegmentByteCount)
    let rows = min(max(min(wanted, bytesLeft) / header.bytesPerRow, 1), rowsLeft)
    let byteCount = rows * header.bytesPerRow
    let segment = try Storage<UInt8>(count: byteCount, hugePages: byteCount >= Self.hugePageThreshold)
    segments.append(segment)
    store.note(byteCount: byteCount)
    return UnsafeMutableRawBufferPointer(segment.elements)
  }

  /// Stores the rows in the memory that `nextRoom` returned last.
  ///
  /// - Throws: `SystemError`, `OutOfMemory`.
  func keep(_ rows: UnsafeRawBufferPointer) throws {
    let rowCount = rows.count / header.bytesPerRow
    if let segment = segments.last, rows.baseAddress == UnsafeRawPointer(segment.base) {
      rowsInMemory += rowCount
      return
    }
    rowsElsewhere += rowCount
    guard isKept else { return }
    guard source == nil else {
      try source?.note(rows)
      return
    }
    let spool = try self.spool ?? store.spool()
    if self.spool == nil {
      self.spool = spool
      spoolStart = spool.byteCount
    }
    try spool.append(rows)
  }

  private var rowsPerBlock: Int { max(Self.blockByteCount / header.bytesPerRow, 1) }

  /// Approximate number of bytes that are reread, or written to the temporary file, at a time. It is so small that they
  /// are still in the cache when they are mapped.
  static let blockByteCount = 1 << 20

  private static let firstSegmentByteCount = 4 << 20
  private static let largestSegmentByteCount = 64 << 20

  /// Minimum number of bytes for huge pages: the size of one huge page.
  private static let hugePageThreshold = 2 << 20
}
