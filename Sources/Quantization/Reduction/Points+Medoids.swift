import Clustering
import Memory

extension Points {
  /// Finds the medoid of each cluster: the eligible point for which the inertia of the cluster is lowest. This is the
  /// point nearest to the weighted mean; of equally near ones, the first.
  ///
  /// - Parameters:
  ///   - clusterCount: Number of clusters.
  ///   - label: Returns the number of a point's cluster.
  ///   - isEligible: Whether a point may be a medoid.
  /// - Returns: For each cluster, the number of its medoid; -1 if none of its points is eligible.
  /// - Throws: `OutOfMemory`.
  func medoids(
    count clusterCount: Int, label: (Int) -> Int, isEligible: (Int) -> Bool
  ) throws -> Storage<Int> {
    let items = dimension + 1
    let sums = try Storage<Double>(count: clusterCount * items)
    for point in 0..<count {
      let sum = sums.base + label(point) * items
      let weight = Double(weights.base[point])
      sum[0] += weight
      for plane in 0..<dimension {
        sum[plane + 1] += weight * Double(coordinate(plane, of: point))
      }
    }
    let medoids = try Storage<Int>(count: clusterCount)
    medoids.elements.update(repeating: -1)
    let squares = try Storage<Double>(count: clusterCount)
    squares.elements.update(repeating: .infinity)
    for point in 0..<count where isEligible(point) {
      let label = label(point)
      let sum = sums.base + label * items
      var square = 0.0
      for plane in 0..<dimension {
        let way = Double(coordinate(plane, of: point)) - sum[plane + 1] / sum[0]
        square += way * way
      }
      if square < squares.base[label] {
        squares.base[label] = square
        medoids.base[label] = point
      }
    }
    return medoids
  }
}
