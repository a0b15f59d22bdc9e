import Memory

/// The weight of each tuple of an image: the sum of the weights of its pixels.
package struct WeightSums {
  /// The weight of each tuple.
  package let sums: Storage<Int>

  /// The sum of all weights.
  package private(set) var total = 0

  /// Whether the total exceeds 2^46. Up to that, sums of weighted samples are less than 2^63.
  package var isTooLarge: Bool { total > 1 << 46 }

  private let tuples: TupleNumbers

  /// Makes sums of 0.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - tuples: Finds the number of each pixel's tuple.
  /// - Throws: `OutOfMemory`.
  package init(_ histogram: Histogram, _ tuples: TupleNumbers) throws {
    sums = try Storage(count: histogram.count)
    self.tuples = tuples
  }

  /// Adds the weights of the pixels in some rows. It must not be called again when the total is too large.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Number of tuples in a row.
  ///   - layout: The layout of the weights, with one plane.
  ///   - nextWeights: Returns the weights of one row after the other, as raw tuples.
  /// - Throws: `OutOfMemory`, errors of `nextWeights`.
  package mutating func add(
    _ rows: UnsafeRawBufferPointer, width: Int, layout: TupleLayout,
    nextWeights: () throws -> UnsafeRawBufferPointer?
  ) throws {
    precondition(layout.depth == 1)
    let isWide = layout.bytesPerSample == 2
    try tuples.map(rows, width: width) { numbers in
      for start in stride(from: 0, to: numbers.count, by: width) {
        guard let row = try nextWeights() else { return }
        for column in 0..<width {
          let weight = isWide ? Int(row[2 * column]) << 8 | Int(row[2 * column + 1]) : Int(row[column])
          sums.base[Int(numbers[start + column])] += weight
          total += weight
        }
      }
    }
  }
}
