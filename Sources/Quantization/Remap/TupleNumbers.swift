import Memory

/// Finds for the pixels of an image the numbers of their tuples in the histogram.
package final class TupleNumbers {
  private let remap: Remap
  private let bytesPerTuple: Int

  /// Room for the numbers of the rows at hand.
  private var block: Storage<UInt32>

  /// - Parameters:
  ///   - tally: The count of the image's tuples, whose labels are the numbers from now on, until it gets others.
  ///   - histogram: That of the tally.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ tally: Tally, _ histogram: Histogram, threadCount: Int) throws {
    // A number is what is written for its tuple: four bytes, the highest first.
    let layout = TupleLayout(depth: 2, maxval: 65535)
    let written = try Palette(layout: layout, count: histogram.count)
    let labels = try Storage<UInt32>(count: histogram.count)
    for index in 0..<histogram.count {
      labels.base[index] = UInt32(index)
      written.setSample(index >> 16, plane: 0, of: index)
      written.setSample(index & 0xffff, plane: 1, of: index)
    }
    remap = try Remap(tally, labels: labels, palette: written, threadCount: threadCount)
    bytesPerTuple = tally.layout.bytesPerTuple
    block = try Storage(count: 0)
  }

  /// Finds the numbers of the tuples of a run of rows and hands them on, some rows at a time, in order.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Tuples of a row.
  ///   - body: Called with the numbers of one or more whole rows, which it may write over and which are gone after
  ///     the call.
  /// - Throws: `OutOfMemory`, what `body` throws.
  package func map(
    _ rows: UnsafeRawBufferPointer, width: Int, _ body: (UnsafeMutableBufferPointer<UInt32>) throws -> Void
  ) throws {
    try remap.map(rows, bytesPerRow: width * bytesPerTuple) { bytes in
      let count = bytes.count / 4
      if block.elements.count < count { block = try Storage(count: count) }
      for index in 0..<count {
        let number = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        block.base[index] = UInt32(bigEndian: number)
      }
      try body(UnsafeMutableBufferPointer(rebasing: block.elements[..<count]))
    }
  }
}
