import Quantization

/// The tuples of one image, to be walked as often as wanted.
///
/// Tuples are as in a raw PAM raster: `TupleLayout.bytesPerTuple` bytes each, row after row without padding; those
/// of PBM too, where 1 is white and 0 is black.
///
/// They are not kept where the input can be read again. Otherwise the first rows are kept in memory, up to a limit,
/// and the rest in a temporary file.
package final class Raster {
  package let header: PamHeader

  /// The rows in memory, which are the first.
  private var segments: [Storage<UInt8>] = []
  private var rowsInMemory = 0
  private let memoryLimit: Int

  /// The rows behind those in memory pass through here, a block at a time.
  private var block: Storage<UInt8>?
  private var rowsElsewhere = 0
  private var source: SourceRegion?
  private var spool: Spool?

  /// A raster that has no rows yet.
  ///
  /// - Parameters:
  ///   - header: The image's header.
  ///   - source: Where the rows can be read again; `nil` if they have to be kept.
  ///   - memoryLimit: Bytes of memory to keep rows in; one block is kept there whatever the limit.
  init(_ header: PamHeader, source: SourceRegion?, memoryLimit: Int) {
    self.header = header
    self.source = source
    self.memoryLimit = source == nil ? max(memoryLimit, Self.blockByteCount) : 0
  }

  /// Calls `body` with successive runs of whole rows, top to bottom; each run is contiguous and gone after the call.
  ///
  /// - Throws: `NetpbmError` if the input changed since it was first read; `body` has seen none of what changed.
  ///   `SystemError`, what `body` throws.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    precondition(rowsInMemory + rowsElsewhere == header.height)
    for segment in segments {
      try body(UnsafeRawBufferPointer(segment.elements))
    }
    guard let block else { return }
    try source?.checkUnchanged()
    for (index, start) in stride(from: 0, to: rowsElsewhere, by: rowsPerBlock).enumerated() {
      let byteCount = min(rowsPerBlock, rowsElsewhere - start) * header.bytesPerRow
      let rows = UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: block.elements[..<byteCount]))
      let offset = start * header.bytesPerRow
      if let source {
        try source.readAgain(block: index, at: offset, into: rows)
      } else {
        try spool?.read(into: rows, at: offset)
      }
      try body(UnsafeRawBufferPointer(rows))
    }
  }

  /// Makes room for the next rows, to be filled at once and handed to `keep`.
  ///
  /// - Returns: The room, a number of whole rows; `nil` if there are no more.
  /// - Throws: `QuantizationError.outOfMemory`.
  func nextRoom() throws -> UnsafeMutableRawBufferPointer? {
    let rowsLeft = header.height - rowsInMemory - rowsElsewhere
    guard rowsLeft > 0 else { return nil }
    if rowsElsewhere == 0, let segment = try addSegment(rowsLeft: rowsLeft) { return segment }
    let byteCount = min(rowsPerBlock, rowsLeft) * header.bytesPerRow
    let block = try self.block ?? Storage(count: byteCount)
    self.block = block
    return UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: block.elements[..<byteCount]))
  }

  /// Makes room for rows in memory.
  ///
  /// The first segment is small and each is twice the one before, so what is reserved follows what has arrived.
  ///
  /// - Returns: The room; `nil` if the limit leaves none.
  private func addSegment(rowsLeft: Int) throws -> UnsafeMutableRawBufferPointer? {
    let bytesLeft = memoryLimit - rowsInMemory * header.bytesPerRow
    guard bytesLeft >= header.bytesPerRow else { return nil }
    let wanted = min(Self.firstSegmentByteCount << min(segments.count, 8), Self.largestSegmentByteCount)
    let rows = min(max(min(wanted, bytesLeft) / header.bytesPerRow, 1), rowsLeft)
    let byteCount = rows * header.bytesPerRow
    let segment = try Storage<UInt8>(count: byteCount, hugePages: byteCount >= Self.hugePageThreshold)
    segments.append(segment)
    return UnsafeMutableRawBufferPointer(segment.elements)
  }

  /// Keeps the rows of the last room, which has been filled.
  ///
  /// - Throws: `SystemError`, `QuantizationError.outOfMemory`.
  func keep(_ rows: UnsafeRawBufferPointer) throws {
    let rowCount = rows.count / header.bytesPerRow
    guard block != nil else {
      rowsInMemory += rowCount
      return
    }
    rowsElsewhere += rowCount
    if source != nil {
      try source?.note(rows)
    } else {
      let spool = try self.spool ?? Spool()
      self.spool = spool
      try spool.append(rows)
    }
  }

  private var rowsPerBlock: Int { max(Self.blockByteCount / header.bytesPerRow, 1) }

  /// What is read again or spooled at a time, about: still in the cache when it is mapped.
  static let blockByteCount = 1 << 20

  private static let firstSegmentByteCount = 4 << 20
  private static let largestSegmentByteCount = 64 << 20

  /// Below this there is no whole huge page to be had.
  private static let hugePageThreshold = 2 << 20
}
