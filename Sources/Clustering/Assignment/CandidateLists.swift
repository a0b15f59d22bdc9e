import Memory

/// Memory for lists of candidates: the centroids that may be nearest to points of a node, with their offsets and slopes
/// (see `ScoreTable`).
///
/// A list begins at an index that is a multiple of eight. It is padded to a multiple of eight with candidates of
/// infinite score.
struct CandidateLists<Scalar: ExactScalar> {
  /// The number of each candidate.
  let numbers: UnsafeMutablePointer<Int32>

  /// The offset of each candidate, and its slopes, plane by plane, `stride` apart.
  let offsets: UnsafeMutablePointer<Scalar>
  let slopes: UnsafeMutablePointer<Scalar>
  let stride: Int

  private let dimension: Int

  /// The memory to which the pointers refer.
  private let storage: (numbers: Storage<Int32>, offsets: Storage<Scalar>, slopes: Storage<Scalar>)

  /// Reserves memory for `count` lists of `centroidCount` centroids.
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

  /// Fills the first list with all centroids.
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

  /// Copies a candidate to another index.
  @inline(__always)
  func copy(_ source: Int, to target: Int) {
    numbers[target] = numbers[source]
    offsets[target] = offsets[source]
    for plane in 0..<dimension {
      slopes[plane &* stride + target] = slopes[plane &* stride + source]
    }
  }

  /// Pads a list that ends at `end` to a multiple of eight.
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
