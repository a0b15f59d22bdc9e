import CKernels
import Memory
import Workers

/// The nearest other centroids of each centroid, called its neighbors.
final class NearestCentroids {
  /// Number of neighbors of each centroid.
  let count: Int

  private let clusters: CoresetClusters
  private let numbers: Storage<Int32>

  /// For each centroid, the number of the last mark that it got.
  private let marks: Storage<Int>
  private var lastMark = 0

  /// Squared distances from one centroid to all, for each thread.
  private let squares: [Storage<Float>]

  /// - Throws: `OutOfMemory`.
  init(_ clusters: CoresetClusters, count: Int) throws {
    self.clusters = clusters
    self.count = min(count, clusters.count - 1)
    numbers = try Storage(count: clusters.count * self.count)
    marks = try Storage(count: clusters.count)
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

  /// Marks a centroid and its neighbors for `overlapsMarked`, in place of earlier marks.
  func mark(_ centroid: Int) {
    lastMark += 1
    marks.base[centroid] = lastMark
    for index in 0..<count {
      marks.base[Int(numbers.base[centroid * count + index])] = lastMark
    }
  }

  /// Whether a centroid is a neighbor of the marked one, or the marked one is its neighbor, or both have a common
  /// neighbor.
  func overlapsMarked(_ centroid: Int) -> Bool {
    let list = numbers.base + centroid * count
    return marks.base[centroid] == lastMark || (0..<count).contains { marks.base[Int(list[$0])] == lastMark }
  }
}
