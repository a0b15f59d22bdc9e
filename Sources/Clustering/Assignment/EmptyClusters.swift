import Memory

/// Chooses points for centroids that have none.
///
/// Each time it takes the point with the largest weighted squared distance from its nearest centroid, of equals the
/// first.
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

  /// Takes the point with the largest weighted squared distance and treats it as a new centroid; nil if every point is
  /// at a centroid.
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
