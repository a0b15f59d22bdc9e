/// Assignment by comparing every point with every centroid in integers: the oracle of the tree.
struct BruteForce {
  /// For each point the number of its centroid.
  var labels: [Int]
  /// For each centroid the weight of its cluster, then the weighted sum of each coordinate.
  var clusters: [[Int]]

  /// Gives each point to the centroid of lowest score, of equals to the first; centroids have coordinates of
  /// `fractionBits` fractional bits.
  init(_ set: PointSet, _ centroids: [[Int]], fractionBits: Int) {
    let dimension = set.dimension
    let middle = (set.upperBound + 1) / 2
    // Twice the score, which is whole even where half a unit counts.
    let slopes = centroids.map { $0.map { $0 - middle << fractionBits } }
    let offsets = slopes.map { slope in
      let square = slope.reduce(0) { $0 + $1 * $1 }
      return fractionBits == 0 ? square : 2 * ((square + 1 << fractionBits) >> (fractionBits + 1))
    }
    labels = []
    clusters = [[Int]](repeating: [Int](repeating: 0, count: dimension + 1), count: centroids.count)
    let flat = slopes.flatMap { $0 }
    for (point, weight) in zip(set.coordinates, set.weights) {
      let centered = point.map { $0 - middle }
      var best = 0
      var bestScore = Int.max
      var place = 0
      for centroid in 0..<centroids.count {
        var score = offsets[centroid]
        for plane in 0..<dimension {
          score -= 2 * centered[plane] * flat[place]
          place += 1
        }
        if score < bestScore {
          bestScore = score
          best = centroid
        }
      }
      labels.append(best)
      clusters[best][0] += weight
      for plane in 0..<dimension {
        clusters[best][plane + 1] += weight * point[plane]
      }
    }
  }

  /// The weighted sum of squared distances, on the centroids' grid.
  func inertia(_ set: PointSet, _ centroids: [[Int]], fractionBits: Int) -> Int128 {
    var sum = Int128(0)
    for (point, label) in labels.enumerated() {
      let fine = set.coordinates[point].map { $0 << fractionBits }
      sum += Int128(set.weights[point]) * Int128(squaredDistance(fine, centroids[label]))
    }
    return sum
  }
}
