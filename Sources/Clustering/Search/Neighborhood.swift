import CKernels
import Memory

/// Some clusters of a coreset taken out, with room for a centroid more or less, to see what they come to by
/// themselves.
///
/// What is found bounds the inertia of the whole from above: cells outside can only gain from centroids that moved,
/// and cells inside from those outside.
package final class Neighborhood {
  private let runs: ClusterRuns
  private let centroidCapacity: Int
  private let centroids: Storage<Float>

  /// For each centroid whether it stays where it is.
  private let isFixed: Storage<Bool>

  /// For each centroid the weight of its cells, then the weighted sum of each coordinate, as `Coreset.moments`.
  private let sums: Storage<Float>

  private let memberNumbers: Storage<Int>
  private var memberCount = 0
  package private(set) var centroidCount = 0

  private var dimension: Int { runs.cells.dimension }
  private var momentCount: Int { runs.cells.momentCount }

  /// - Parameters:
  ///   - runs: The cells by their clusters.
  ///   - centroidCapacity: Centroids at the most.
  /// - Throws: `OutOfMemory`.
  package init(_ runs: ClusterRuns, centroidCapacity: Int) throws {
    self.runs = runs
    self.centroidCapacity = centroidCapacity
    centroids = try Storage(count: runs.cells.dimension * centroidCapacity)
    sums = try Storage(count: runs.cells.momentCount * centroidCapacity)
    isFixed = try Storage(count: centroidCapacity)
    memberNumbers = try Storage(count: runs.count)
  }

  /// The clusters taken out, until others are.
  var members: UnsafeMutableBufferPointer<Int> {
    UnsafeMutableBufferPointer(rebasing: memberNumbers.elements[0..<memberCount])
  }

  /// Puts back everything.
  package func clear() {
    memberCount = 0
    centroidCount = 0
  }

  /// Takes out the cells of a cluster.
  package func add(cluster: Int) {
    memberNumbers.elements[memberCount] = cluster
    memberCount += 1
  }

  /// Adds a centroid whose coordinates are `stride` apart, and which may have to stay where it is.
  package func addCentroid(_ position: UnsafePointer<Float>, stride: Int, isFixed: Bool = false) {
    for plane in 0..<dimension {
      centroids.base[plane * centroidCapacity + centroidCount] = position[plane * stride]
    }
    self.isFixed.base[centroidCount] = isFixed
    centroidCount += 1
  }

  /// One coordinate of a centroid.
  package func coordinate(_ plane: Int, of centroid: Int) -> Float {
    centroids.base[plane * centroidCapacity + centroid]
  }

  /// Iterates from the centroids added.
  ///
  /// - Parameters:
  ///   - iterations: At the most, at least 1.
  ///   - relaxation: By which part of the way centroids move to their means.
  ///   - bound: Inertia that is to be got below; it gives up once that seems out of reach.
  ///   - patience: How many times the last iteration's gain is still hoped for.
  /// - Returns: The inertia reached, or infinity if it gave up.
  package func settle(iterations: Int, relaxation: Float, bound: Float, patience: Float) -> Float {
    var reached = assign()
    for _ in 1..<max(iterations, 1) {
      move(relaxation)
      let inertia = assign()
      if inertia - patience * (reached - inertia) > bound { return .infinity }
      reached = inertia
    }
    return reached
  }

  private func move(_ relaxation: Float) {
    for centroid in 0..<centroidCount {
      let sum = sums.base + centroid * momentCount
      guard sum[0] > 0 && !isFixed.base[centroid] else { continue }
      for plane in 0..<dimension {
        let place = plane * centroidCapacity + centroid
        centroids.base[place] += relaxation * (sum[plane + 1] / sum[0] - centroids.base[place])
      }
    }
  }

  /// Assigns the cells, adds up the clusters and returns the inertia.
  private func assign() -> Float {
    sums.base.update(repeating: 0, count: momentCount * centroidCount)
    let centroids = kernels_centroids(
      planes: self.centroids.base, stride: centroidCapacity, count: centroidCount)
    var inertia = 0.0
    for member in members {
      let run = runs.run(member)
      let cells = kernels_cells(
        planes: runs.planes.base + run.lowerBound, stride: runs.stride,
        weights: runs.weights.base + run.lowerBound, count: run.count, dimension: dimension)
      inertia += Double(
        kernels_add_up(cells, runs.moments.base + run.lowerBound * momentCount, centroids, sums.base))
    }
    return Float(inertia)
  }
}
