import Quantization

/// The tuples of one image, to be walked as often as wanted.
///
/// Tuples are as in a raw PAM raster: `TupleLayout.bytesPerTuple` bytes each, row after row without padding; those
/// of PBM too, where 1 is white and 0 is black.
package final class Raster {
  package let header: PamHeader

  private var segments: [Storage<UInt8>] = []
  private var rowCount = 0

  /// A raster that has no rows yet.
  init(_ header: PamHeader) {
    self.header = header
  }

  /// Calls `body` with successive runs of whole rows, top to bottom; each run is contiguous.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    precondition(rowCount == header.height)
    for segment in segments {
      try body(UnsafeRawBufferPointer(segment.elements))
    }
  }

  /// Makes room for the next rows, to be filled at once.
  ///
  /// The first segment is small and each is twice the one before, so what is reserved follows what has arrived.
  ///
  /// - Returns: The room, a number of whole rows; `nil` if there are no more.
  /// - Throws: `QuantizationError.outOfMemory`.
  func addSegment() throws -> UnsafeMutableRawBufferPointer? {
    guard rowCount < header.height else { return nil }
    let wanted = min(Self.firstSegmentByteCount << min(segments.count, 8), Self.largestSegmentByteCount)
    let rows = min(max(wanted / header.bytesPerRow, 1), header.height - rowCount)
    let byteCount = rows * header.bytesPerRow
    let segment = try Storage<UInt8>(count: byteCount, hugePages: byteCount >= Self.hugePageThreshold)
    segments.append(segment)
    rowCount += rows
    return UnsafeMutableRawBufferPointer(segment.elements)
  }

  private static let firstSegmentByteCount = 4 << 20
  private static let largestSegmentByteCount = 64 << 20

  /// Below this there is no whole huge page to be had.
  private static let hugePageThreshold = 2 << 20
}
