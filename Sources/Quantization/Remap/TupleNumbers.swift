/// Tells of each pixel which of the histogram's tuples it has.
///
/// It has a tally write the tuples' numbers as if these were colors: four bytes each, the highest first.
package final class TupleNumbers {
  private let tally: Tally
  private let numbers: Palette

  /// - Parameters:
  ///   - tally: The count of the pixels, whose labels it takes for itself.
  ///   - histogram: The tally's.
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ tally: Tally, _ histogram: Histogram) throws {
    self.tally = tally
    numbers = try Palette(layout: TupleLayout(depth: 4, maxval: 255), count: histogram.count)
    let labels = try Storage<UInt32>(count: histogram.count)
    for tuple in 0..<histogram.count {
      labels.base[tuple] = UInt32(truncatingIfNeeded: tuple)
      for byte in 0..<4 {
        numbers.setSample(tuple >> (8 * (3 - byte)) & 0xff, plane: byte, of: tuple)
      }
    }
    try tally.setLabels(UnsafeBufferPointer(labels.elements), labelCount: histogram.count)
  }

  /// Finds the numbers of a run of tuples.
  ///
  /// - Parameters:
  ///   - tuples: Raw tuples that the tally has counted.
  ///   - output: Gets the number of each.
  package func find(_ tuples: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<UInt32>) {
    tally.map(tuples, to: numbers, into: UnsafeMutableRawBufferPointer(output))
    for index in 0..<output.count {
      output[index] = UInt32(bigEndian: output[index])
    }
  }
}
