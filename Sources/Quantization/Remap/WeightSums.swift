import Memory

/// What the tuples of an image count for: each the weights of its pixels, added up.
package struct WeightSums {
  /// The sum of each tuple.
  package let sums: Storage<Int>

  /// The sum of all.
  package private(set) var total = 0

  /// Whether there is more weight than can be computed with: sums of weighted samples stay below 2^63.
  package var isTooLarge: Bool { total > 1 << 46 }

  private let tuples: TupleNumbers

  /// Adds up nothing yet.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - tuples: Tells which of them each pixel has.
  /// - Throws: `OutOfMemory`.
  package init(_ histogram: Histogram, _ tuples: TupleNumbers) throws {
    sums = try Storage(count: histogram.count)
    self.tuples = tuples
  }

  /// Adds the weights of a run of rows' pixels; to be called no more when the total is too large.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Tuples of a row.
  ///   - layout: That of the weights, of one plane.
  ///   - nextWeights: Gives the weights of one row after another, as raw tuples.
  /// - Throws: `OutOfMemory`, what `nextWeights` throws.
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
