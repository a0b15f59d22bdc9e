import Memory
import Workers

/// Replaces each tuple of an image by its color in the palette.
package final class Remap {
  private let tally: Tally
  private let palette: Palette
  private let threadCount: Int

  /// Memory for the rows that are mapped at a time.
  private var block: Storage<UInt8>?

  /// - Parameters:
  ///   - tally: The tally of the image's tuples. The initializer stores `labels` in it.
  ///   - labels: For each tuple of the tally's histogram, the number of its color.
  ///   - palette: The colors.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ tally: Tally, labels: Storage<UInt32>, palette: Palette, threadCount: Int) throws {
    self.tally = tally
    self.palette = palette
    self.threadCount = threadCount
    try tally.setLabels(UnsafeBufferPointer(labels.elements), labelCount: palette.count)
  }

  /// Maps rows and passes them to `body` in order, several at a time.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which the tally has counted.
  ///   - bytesPerRow: Number of bytes in a row.
  ///   - body: Called with one or more whole mapped rows, which are valid during the call.
  /// - Throws: `OutOfMemory`, errors of `body`.
  package func map(
    _ rows: UnsafeRawBufferPointer, bytesPerRow: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let bytesPerMappedRow = bytesPerRow / tally.layout.bytesPerTuple * palette.layout.bytesPerTuple
    let step = max(Self.blockByteCount * threadCount / bytesPerRow, 1)
    let wanted = min(step, max(rows.count / bytesPerRow, 1)) * bytesPerMappedRow
    let block = try self.block.flatMap { $0.elements.count < wanted ? nil : $0 } ?? Storage(count: wanted)
    self.block = block
    var start = 0
    while start < rows.count {
      let end = min(start + block.elements.count / bytesPerMappedRow * bytesPerRow, rows.count)
      let mapped = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(block.elements)[
          0..<(end - start) / bytesPerRow * bytesPerMappedRow])
      map(UnsafeRawBufferPointer(rebasing: rows[start..<end]), into: mapped)
      try body(UnsafeRawBufferPointer(mapped))
      start = end
    }
  }

  /// Number of bytes that each thread maps at a time, so that they are still in its cache when they are written.
  private static let blockByteCount = 1 << 18

  /// Maps tuples, on several threads if there are many.
  private func map(_ tuples: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
    let byteCount = tally.layout.bytesPerTuple
    let bytesPerColor = palette.layout.bytesPerTuple
    let tupleCount = tuples.count / byteCount
    let sliceCount = min(threadCount, max(tupleCount / Self.tuplesPerThread, 1))
    guard sliceCount > 1 else {
      tally.map(tuples, to: palette.raw, into: output)
      return
    }
    withWorkers(sliceCount) { slice in
      let start = tupleCount * slice / sliceCount
      let end = tupleCount * (slice + 1) / sliceCount
      tally.map(
        UnsafeRawBufferPointer(rebasing: tuples[start * byteCount..<end * byteCount]), to: palette.raw,
        into: UnsafeMutableRawBufferPointer(rebasing: output[start * bytesPerColor..<end * bytesPerColor]))
    }
  }

  /// Minimum number of tuples per thread. Mapping fewer takes less time than waking a thread.
  private static let tuplesPerThread = 16384
}
