import Memory
import Workers

/// Replaces each tuple of an image by the palette's color for it.
package final class Remap {
  private let tally: Tally
  private let palette: Palette
  private let threadCount: Int

  /// Room for the rows mapped at a time.
  private var block: Storage<UInt8>?

  /// - Parameters:
  ///   - tally: The count of the image's tuples, which from now on serves to find their labels.
  ///   - labels: For each tuple of the tally's histogram the number of its color.
  ///   - palette: The colors.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ tally: Tally, labels: Storage<UInt32>, palette: Palette, threadCount: Int) throws {
    self.tally = tally
    self.palette = palette
    self.threadCount = threadCount
    try tally.setLabels(UnsafeBufferPointer(labels.elements), labelCount: palette.count)
  }

  /// Maps a run of rows and hands them on, some at a time, in order.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which the tally has counted.
  ///   - bytesPerRow: Bytes of a row.
  ///   - body: Called with one or more whole mapped rows, which are gone after the call.
  /// - Throws: `OutOfMemory`, what `body` throws.
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

  /// Bytes mapped at a time by a thread: they stay in its cache until they are written.
  private static let blockByteCount = 1 << 18

  /// Maps tuples, on several threads if they are many.
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

  /// Fewer tuples than this are mapped sooner than a thread is woken.
  private static let tuplesPerThread = 16384
}
