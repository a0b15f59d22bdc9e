import Memory

/// The centroids as straight lines: what each adds to the comparison of distances.
///
/// The squared distance of a point x to a centroid c is |x|^2 + 2 (|c|^2 / 2 - x c), so the centroid of lowest
/// *score* |c|^2 / 2 - x c is the nearest. The score is linear in x: over a box it is lowest in a corner, which is
/// what lets the tree discard centroids for all points of a box at once. With coordinates counted from the middle
/// of the grid, and |c|^2 / 2 rounded to a unit of the fine grid (at 0 fractional bits to half a unit, which is
/// exact), all terms, sums and differences are multiples of that unit below 2^24 for 8-bit coordinates in up to six
/// dimensions, so a Float holds them exactly, and below 2^53 otherwise, for a Double. No order of evaluation, width
/// of vector or pruning can change the outcome.
struct ScoreTable<Scalar: ExactScalar> {
  let count: Int
  let dimension: Int

  /// |c|^2 / 2 of each centroid.
  let offsets: Storage<Scalar>

  /// The centroids' coordinates, plane by plane: that of `d` of centroid `k` at `d * count + k`.
  let slopes: Storage<Scalar>

  /// Whether a Float is exact for these points.
  static func fitsFloat(_ points: Points) -> Bool {
    points.upperBound <= 255 && points.dimension <= 6
  }

  init(_ centroids: Centroids, upperBound: Int) throws {
    count = centroids.count
    dimension = centroids.dimension
    offsets = try Storage(count: count)
    slopes = try Storage(count: count * dimension)
    let middle = Int32(truncatingIfNeeded: gridMiddle(upperBound: upperBound) << centroids.fractionBits)
    for centroid in 0..<count {
      let position = centroids.position(centroid)
      var square = 0
      for plane in 0..<dimension {
        let coordinate = Int(position[plane] - middle)
        square += coordinate * coordinate
        slopes.elements[plane * count + centroid] = Scalar(coordinate)
      }
      if centroids.fractionBits == 0 {
        offsets.elements[centroid] = Scalar(square) / 2
      } else {
        let bits = centroids.fractionBits + 1
        offsets.elements[centroid] = Scalar((square + 1 << (bits - 1)) >> bits)
      }
    }
  }
}

/// The coordinate from which scores count.
func gridMiddle(upperBound: Int) -> Int {
  (upperBound + 1) / 2
}
