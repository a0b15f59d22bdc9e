import Memory

/// Coefficients of the centroids' *scores*, which replace squared distances in comparisons.
///
/// The squared distance between a point x and a centroid c is |x|^2 + 2 (|c|^2 / 2 - x c). So the centroid with the
/// lowest score |c|^2 / 2 - x c is the nearest. The score is linear in x, and so is the difference between two scores.
/// Over a box, a linear function is lowest in a corner. So the tree can discard a centroid for all points of a box at
/// once.
///
/// Scores are computed without rounding errors. Coordinates are counted from the middle of the grid, and |c|^2 / 2 is
/// rounded once, to a unit of the centroids' grid. (Without fractional bits it is not rounded, and the unit is one
/// half.) All terms, sums and differences are multiples of that unit. For 8-bit coordinates in up to six dimensions,
/// they are below 2^24 units and exact in a Float, otherwise below 2^53 units and exact in a Double. So the order of
/// evaluation, the vector width and pruning do not change the result.
struct ScoreTable<Scalar: ExactScalar> {
  let count: Int
  let dimension: Int

  /// |c|^2 / 2 of each centroid c.
  let offsets: Storage<Scalar>

  /// The coordinates, plane by plane: coordinate `d` of centroid `k` at `d * count + k`.
  let slopes: Storage<Scalar>

  /// Whether scores of these points are exact in a Float.
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

/// The coordinate that is subtracted from all others in scores.
func gridMiddle(upperBound: Int) -> Int {
  (upperBound + 1) / 2
}
