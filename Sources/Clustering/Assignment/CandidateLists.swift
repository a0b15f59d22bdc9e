import Memory

/// Lists of the centroids that may be nearest to points of a node, as straight lines (see `ScoreTable`).
///
/// A list begins at a multiple of eight and is filled up to one with candidates that never win.
struct CandidateLists<Scalar: ExactScalar> {
  /// The centroids' numbers.
  let numbers: UnsafeMutablePointer<Int32>

  /// Offsets of the lines, and their slopes plane by plane, `stride` apart.
  let offsets: UnsafeMutablePointer<Scalar>
  let slopes: UnsafeMutablePointer<Scalar>
  let stride: Int

  private let dimension: Int

  /// What the pointers point to.
  private let storage: (numbers: Storage<Int32>, offsets: Storage<Scalar>, slopes: Storage<Scalar>)

  /// Reserves room for lists of all centroids, one behind the other.
  ///
  /// - Throws: `OutOfMemory`.
  init(_ centroidCount: Int, count: Int, dimension: Int) throws {
    self.dimension = dimension
    stride = (centroidCount + 7) / 8 * 8 * count
    storage = (
      try Storage(count: stride), try Storage(count: stride), try Storage(count: stride * dimension)
    )
    numbers = storage.numbers.base
    offsets = storage.offsets.base
    slopes = storage.slopes.base
  }

  /// Makes the first list that of all centroids.
  func begin(_ table: ScoreTable<Scalar>) {
    for candidate in 0..<table.count {
      numbers[candidate] = Int32(truncatingIfNeeded: candidate)
      offsets[candidate] = table.offsets.elements[candidate]
      for plane in 0..<dimension {
        slopes[plane * stride + candidate] = table.slopes.elements[plane * table.count + candidate]
      }
    }
    fillUp(table.count)
  }

  /// Copies a candidate to another place.
  @inline(__always)
  func copy(_ source: Int, to target: Int) {
    numbers[target] = numbers[source]
    offsets[target] = offsets[source]
    for plane in 0..<dimension {
      slopes[plane &* stride + target] = slopes[plane &* stride + source]
    }
  }

  /// Fills a list that ends at `end` up to a multiple of eight.
  @inline(__always)
  func fillUp(_ end: Int) {
    for place in end..<(end + 7) / 8 * 8 {
      offsets[place] = .infinity
      for plane in 0..<dimension {
        slopes[plane &* stride + place] = 0
      }
    }
  }
}
