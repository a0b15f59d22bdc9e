import Memory

/// The tuples of one image, to be walked as often as wanted.
///
/// Tuples are as in a raw PAM raster: `TupleLayout.bytesPerTuple` bytes each, row after row without padding; those
/// of PBM too, where 1 is white and 0 is black.
///
/// They are not kept where the input can be read again. Otherwise the first rows are kept in memory, up to a limit for
/// all rasters of an input together, and the rest in a temporary file.
package final class Raster {
  package let header: PamHeader

  /// Whether there is to be a second walk.
  private let isKept: Bool

  private let store: RasterStore

  /// The rows in memory, which are the first.
  private var segments: [Storage<UInt8>] = []
  private var rowsInMemory = 0

  /// The rows behind those in memory pass through the store's block.
  private var rowsElsewhere = 0
  private var source: SourceRegion?
  private var spool: Spool?

  /// Where the rows begin in the temporary file.
  private var spoolStart = 0

  /// A raster that has no rows yet.
  ///
  /// - Parameters:
  ///   - header: The image's header.
  ///   - isKept: Whether rows are to be there afterwards.
  ///   - source: Where the rows can be read again; `nil` if they have to be kept.
  ///   - store: Where they are kept.
  init(_ header: PamHeader, isKept: Bool, source: SourceRegion?, in store: RasterStore) {
    self.header = header
    self.isKept = isKept
    self.source = source
    self.store = store
  }

  deinit {
    store.note(byteCount: -segments.reduce(0) { $0 + $1.elements.count })
  }

  /// A walk over the rows.
  package struct Walk {
    private let raster: Raster
    private var segment = 0
    private var block = 0

    fileprivate init(_ raster: Raster) {
      self.raster = raster
    }

    /// The next run of whole rows, contiguous and there until the next is asked for; `nil` behind the last.
    ///
    /// - Throws: `NetpbmError` if the input changed since it was first read, `SystemError`,
    ///   `OutOfMemory`.
    package mutating func next() throws -> UnsafeRawBufferPointer? {
      if segment < raster.segments.count {
        defer { segment += 1 }
        return UnsafeRawBufferPointer(raster.segments[segment].elements)
      }
      defer { block += 1 }
      return try raster.rows(ofBlock: block)
    }
  }

  /// Begins a walk over the rows, top to bottom; of the rasters of one input one can be walked at a time.
  package func walk() -> Walk {
    precondition(isKept && rowsInMemory + rowsElsewhere == header.height)
    return Walk(self)
  }

  /// Calls `body` with successive runs of whole rows, top to bottom; each run is contiguous and gone after the call.
  ///
  /// - Throws: `NetpbmError` if the input changed since it was first read; `body` has seen none of what changed.
  ///   `SystemError`, what `body` throws.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var walk = walk()
    while let rows = try walk.next() {
      try body(rows)
    }
  }

  /// The rows of a block of those that are not in memory; `nil` behind the last.
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

  /// Makes room for the next rows, to be filled at once and handed to `keep`.
  ///
  /// - Returns: The room, a number of whole rows; `nil` if there are no more.
  /// - Throws: `OutOfMemory`.
  func nextRoom() throws -> UnsafeMutableRawBufferPointer? {
    let rowsLeft = header.height - rowsInMemory - rowsElsewhere
    guard rowsLeft > 0 else { return nil }
    if isKept, source == nil, rowsElsewhere == 0, let segment = try addSegment(rowsLeft: rowsLeft) {
      return segment
    }
    return try store.block(byteCount: min(rowsPerBlock, rowsLeft) * header.bytesPerRow)
  }

  /// Makes room for rows in memory.
  ///
  /// The first segment is small and each is twice the one before, so what is reserved follows what has arrived.
  ///
  /// - Returns: The room; `nil` if the limit leaves none.
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

  /// Keeps the rows of the last room, which has been filled.
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

  /// What is read again or spooled at a time, about: still in the cache when it is mapped.
  static let blockByteCount = 1 << 20

  private static let firstSegmentByteCount = 4 << 20
  private static let largestSegmentByteCount = 64 << 20

  /// Below this there is no whole huge page to be had.
  private static let hugePageThreshold = 2 << 20
}
