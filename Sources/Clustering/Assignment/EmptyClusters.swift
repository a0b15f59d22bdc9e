import Memory

/// Fills entries of a palette that no point is nearest to: each in turn takes the point that costs most at that
/// moment, that is, whose weight times its squared distance from the nearest centroid is largest; of equals the
/// first.
struct EmptyClusters {
  private let points: Points
  private let squares: Storage<Int>
  private let fractionBits: Int

  /// Measures the distance of each point from the centroid it was assigned to.
  ///
  /// - Throws: `OutOfMemory`.
  init(_ points: Points, labels: Storage<UInt32>, centroids: Centroids) throws {
    self.points = points
    fractionBits = centroids.fractionBits
    squares = try Storage(count: points.count)
    for point in 0..<points.count {
      let position = centroids.position(Int(labels.elements[point]))
      squares.elements[point] = points.squaredDistance(point, to: position, fractionBits: fractionBits)
    }
  }

  /// The point that costs most, or nil where every point lies on a centroid; its cost, and that of points nearer to
  /// it than to any centroid, is lowered accordingly.
  func takeCostliest() -> Int? {
    var costliest: Int?
    var largest = 0.0
    for point in 0..<points.count {
      let cost = Double(points.weights.elements[point]) * Double(squares.elements[point])
      if cost > largest {
        largest = cost
        costliest = point
      }
    }
    if let costliest {
      lowerCosts(around: costliest)
    }
    return costliest
  }

  private func lowerCosts(around chosen: Int) {
    for point in 0..<points.count {
      var square = 0
      for plane in 0..<points.dimension {
        let difference =
          (points.coordinate(plane, of: point) - points.coordinate(plane, of: chosen)) << fractionBits
        square += difference * difference
      }
      squares.elements[point] = min(squares.elements[point], square)
    }
  }
}
