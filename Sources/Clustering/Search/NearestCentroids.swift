import CKernels
import Memory
import Workers

/// The nearest other centroids of each centroid, called its neighbors.
final class NearestCentroids {
  /// Number of neighbors of each centroid.
  let count: Int

  private let clusters: CoresetClusters
  private let numbers: Storage<Int32>

  /// Squared distances from one centroid to all, for each thread.
  private let squares: [Storage<Float>]

  /// - Throws: `OutOfMemory`.
  init(_ clusters: CoresetClusters, count: Int) throws {
    self.clusters = clusters
    self.count = min(count, clusters.count - 1)
    numbers = try Storage(count: clusters.count * self.count)
    squares = try (0..<clusters.threadCount).map { _ in try Storage(count: clusters.stride) }
  }

  /// Finds the neighbors for the current positions of the centroids.
  func update() {
    let all = kernels_centroids(
      planes: clusters.centroids.base, stride: clusters.stride, count: clusters.count)
    withWorkers(squares.count, sharing: clusters.count) { worker, centroid in
      let squares = self.squares[worker].base
      _ = kernels_measure(
        all, clusters.cells.dimension, clusters.centroids.base + centroid, clusters.stride, 0, squares)
      squares[centroid] = .infinity
      list(squares, for: centroid)
    }
  }

  /// Lists the neighbors of a centroid, ascending by distance, then by number.
  private func list(_ squares: UnsafePointer<Float>, for centroid: Int) {
    let list = numbers.base + centroid * count
    var found = 0
    var highest = Float.infinity
    for other in 0..<clusters.count where other != centroid {
      let square = squares[other]
      guard found < count || square < highest else { continue }
      var place = min(found, count - 1)
      while place > 0 && squares[Int(list[place - 1])] > square {
        list[place] = list[place - 1]
        place -= 1
      }
      list[place] = Int32(truncatingIfNeeded: other)
      found = min(found + 1, count)
      highest = squares[Int(list[found - 1])]
    }
  }

  /// Adds the clusters of a centroid's neighbors to a neighborhood, except those already in it.
  func add(of centroid: Int, to neighborhood: Neighborhood) {
    for index in 0..<count {
      let neighbor = Int(numbers.base[centroid * count + index])
      if !neighborhood.members.contains(neighbor) {
        neighborhood.add(cluster: neighbor)
      }
    }
  }

  /// Whether one of two centroids is a neighbor of the other, or both have a common neighbor.
  func overlap(_ first: Int, _ second: Int) -> Bool {
    let firstList = numbers.base + first * count
    let secondList = numbers.base + second * count
    for i in 0..<count {
      if Int(firstList[i]) == second || Int(secondList[i]) == first { return true }
      for j in 0..<count where firstList[i] == secondList[j] {
        return true
      }
    }
    return false
  }
}
