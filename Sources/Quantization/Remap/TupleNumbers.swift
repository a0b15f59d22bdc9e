import Memory

/// Finds the number that the tuple of each pixel has in the histogram.
package final class TupleNumbers {
  private let remap: Remap
  private let bytesPerTuple: Int

  /// Memory for the numbers of the current rows.
  private var block: Storage<UInt32>

  /// - Parameters:
  ///   - tally: The tally of the image's tuples. The initializer stores the numbers of the tuples in it as labels. If
  ///     other labels are stored, this object is no longer valid.
  ///   - histogram: The tally's histogram.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ tally: Tally, _ histogram: Histogram, threadCount: Int) throws {
    // The tally maps each tuple to a "color" of four bytes, which are the tuple's number in big-endian order.
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

  /// Finds the numbers for rows of tuples and passes them to `body` in order, several rows at a time.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Number of tuples in a row.
  ///   - body: Called with the numbers of one or more whole rows. It may change them; they are valid during the call.
  /// - Throws: `OutOfMemory`, errors of `body`.
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
