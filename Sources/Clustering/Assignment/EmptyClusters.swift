import Memory

/// Chooses the points to which centroids of empty clusters are moved.
///
/// Each choice is the point that contributes most to inertia: the one with the largest weighted squared distance from
/// its nearest centroid. Of equal points, the first is chosen.
struct EmptyClusters {
  private let points: Points
  private let squares: Storage<Int>
  private let fractionBits: Int

  /// Measures the squared distance of each point from its centroid.
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

  /// Chooses the next point and treats it as a new centroid from then on.
  ///
  /// - Returns: The number of the point; nil if every point is at a centroid.
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
