import CKernels
import Memory

/// Runs k-means on the cells of a few clusters of a coreset alone, to find which inertia given centroids reach.
///
/// The change of inertia in the neighborhood is an upper bound for the change on the whole coreset: cells outside may
/// be nearer to a moved centroid than to their own, and cells inside may be nearer to a centroid outside.
package final class Neighborhood {
  private let runs: ClusterRuns
  private let centroidCapacity: Int
  private let centroids: Storage<Float>

  /// Whether each centroid is fixed.
  private let isFixed: Storage<Bool>

  /// For each cell of `runs` in one of the clusters, the number of its centroid, or -1. For each centroid, the sum of the
  /// moments of its cells, as in `Coreset.moments`.
  private let labels: Storage<Int32>
  private let sums: Storage<Double>

  private let memberNumbers: Storage<Int>
  private var memberCount = 0
  package private(set) var centroidCount = 0

  private var dimension: Int { runs.cells.dimension }
  private var momentCount: Int { runs.cells.momentCount }

  /// - Parameters:
  ///   - runs: The cells, sorted by cluster.
  ///   - centroidCapacity: Maximum number of centroids.
  /// - Throws: `OutOfMemory`.
  package init(_ runs: ClusterRuns, centroidCapacity: Int) throws {
    self.runs = runs
    self.centroidCapacity = centroidCapacity
    centroids = try Storage(count: runs.cells.dimension * centroidCapacity)
    labels = try Storage(count: runs.stride)
    sums = try Storage(count: runs.cells.momentCount * centroidCapacity)
    isFixed = try Storage(count: centroidCapacity)
    memberNumbers = try Storage(count: runs.count)
  }

  /// The numbers of the clusters. The buffer is valid until clusters are added or cleared.
  var members: UnsafeMutableBufferPointer<Int> {
    UnsafeMutableBufferPointer(rebasing: memberNumbers.elements[0..<memberCount])
  }

  /// Removes all clusters and centroids.
  package func clear() {
    memberCount = 0
    centroidCount = 0
  }

  /// Adds the cells of a cluster.
  package func add(cluster: Int) {
    memberNumbers.elements[memberCount] = cluster
    memberCount += 1
    label(cluster, -1)
  }

  /// Adds a centroid.
  ///
  /// - Parameters:
  ///   - position: Its coordinates.
  ///   - stride: The distance between them in memory.
  ///   - isFixed: Whether it never moves.
  ///   - cluster: One of the clusters, whose cells are assigned to the centroid at first; nil is none.
  package func addCentroid(
    _ position: UnsafePointer<Float>, stride: Int, isFixed: Bool = false, cluster: Int? = nil
  ) {
    for plane in 0..<dimension {
      centroids.base[plane * centroidCapacity + centroidCount] = position[plane * stride]
    }
    self.isFixed.base[centroidCount] = isFixed
    let sum = sums.base + centroidCount * momentCount
    if let cluster {
      label(cluster, Int32(truncatingIfNeeded: centroidCount))
      sum.update(from: runs.sums.base + cluster * momentCount, count: momentCount)
    } else {
      sum.update(repeating: 0, count: momentCount)
    }
    centroidCount += 1
  }

  private func label(_ cluster: Int, _ centroid: Int32) {
    let run = runs.run(cluster)
    (labels.base + run.lowerBound).update(repeating: centroid, count: run.count)
  }

  /// One coordinate of a centroid.
  package func coordinate(_ plane: Int, of centroid: Int) -> Float {
    centroids.base[plane * centroidCapacity + centroid]
  }

  /// Iterates from the centroids that were added.
  ///
  /// - Parameters:
  ///   - iterations: Maximum number of iterations, at least 1.
  ///   - relaxation: The part of the way to its mean that a centroid moves.
  ///   - bound: The inertia to get below.
  ///   - patience: It gives up if `patience` more gains like that of the last iteration would not reach `bound`.
  /// - Returns: The inertia reached; infinity if it gave up.
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
      // The weight of a cell is at least 1.
      guard sum[0] >= 0.5 && !isFixed.base[centroid] else { continue }
      for plane in 0..<dimension {
        let place = plane * centroidCapacity + centroid
        centroids.base[place] += relaxation * (Float(sum[plane + 1] / sum[0]) - centroids.base[place])
      }
    }
  }

  /// Assigns the cells to the centroids, adds up the moments and returns the inertia.
  private func assign() -> Float {
    let centroids = kernels_centroids(
      planes: self.centroids.base, stride: centroidCapacity, count: centroidCount)
    var inertia = 0.0
    for member in members {
      let run = runs.run(member)
      let cells = kernels_cells(
        planes: runs.planes.base + run.lowerBound, stride: runs.stride,
        weights: runs.weights.base + run.lowerBound, count: run.count, dimension: dimension)
      inertia += Double(
        kernels_add_up(
          cells, runs.moments.base + run.lowerBound * momentCount, centroids, labels.base + run.lowerBound,
          sums.base))
    }
    return Float(inertia)
  }
}
