import Memory
import Workers

/// Estimates, for each cluster, how much inertia falls if it gets a second centroid, and how much inertia rises if it
/// loses its centroid.
final class SwapEstimates {
  /// How much inertia falls if a cluster gets a second centroid; 0 if a split is not promising.
  let gains: Storage<Float>

  /// How much inertia rises if a cluster loses its centroid; infinite if a removal is not promising.
  let costs: Storage<Float>

  /// A neighborhood for each thread.
  let neighborhoods: [Neighborhood]

  let nearest: NearestCentroids

  private let clusters: CoresetClusters
  private let runs: ClusterRuns
  private let effort: CentroidSwap.Effort
  private var count: Int { clusters.count }
  private var dimension: Int { clusters.cells.dimension }

  /// For each cluster, its inertia, and the means of its two halves.
  private let inertias: Storage<Double>
  private let halves: Storage<Float>

  /// The gains and costs before any iteration in the neighborhood.
  private let quickGains: Storage<Float>
  private let quickCosts: Storage<Float>

  /// Whether the estimates of each cluster are up to date.
  private let isKnown: Storage<Bool>

  /// Memory for the numbers of the clusters whose estimates are outdated.
  private let unknown: Storage<Int>

  /// - Throws: `OutOfMemory`.
  init(_ clusters: CoresetClusters, _ effort: CentroidSwap.Effort) throws {
    self.clusters = clusters
    self.effort = effort
    let count = clusters.count
    let runs = try ClusterRuns(clusters.cells, count: count)
    self.runs = runs
    nearest = try NearestCentroids(clusters, count: effort.neighborCount)
    let capacity = 2 * nearest.count + 3
    neighborhoods = try (0..<clusters.threadCount).map { _ in
      try Neighborhood(runs, centroidCapacity: capacity)
    }
    inertias = try Storage(count: count)
    halves = try Storage(count: 2 * clusters.cells.dimension * count)
    gains = try Storage(count: count)
    costs = try Storage(count: count)
    quickGains = try Storage(count: count)
    quickCosts = try Storage(count: count)
    isKnown = try Storage(count: count)
    unknown = try Storage(count: count)
  }

  /// Marks the estimates of a cluster as outdated.
  func forget(_ cluster: Int) {
    isKnown.base[cluster] = false
  }

  /// Updates all estimates. The two nearest centroids of each cell have to be up to date.
  func update() {
    runs.sort(by: clusters.nearest.base)
    nearest.update()
    addUp()
    withWorkers(neighborhoods.count, sharing: count) { _, cluster in
      quickGains.base[cluster] = split(cluster)
    }
    let largestGain = quickGains.elements.reduce(0, max)
    let lowestCost = quickCosts.elements.reduce(.infinity, min)
    var unknownCount = 0
    for cluster in 0..<count where !isKnown.base[cluster] {
      unknown.base[unknownCount] = cluster
      unknownCount += 1
    }
    withWorkers(neighborhoods.count, sharing: unknownCount) { worker, index in
      let cluster = unknown.base[index]
      let isPlace = quickGains.base[cluster] > Self.quickThreshold * lowestCost
      let isSpare = quickCosts.base[cluster] * Self.quickThreshold < largestGain
      gains.base[cluster] = isPlace ? -settledChange(cluster, isSplit: true, neighborhoods[worker]) : 0
      costs.base[cluster] =
        isSpare ? settledChange(cluster, isSplit: false, neighborhoods[worker]) : .infinity
    }
    isKnown.elements.update(repeating: true)
  }

  /// The smallest ratio of gain to cost, both before any iteration, that is promising.
  private static let quickThreshold: Float = 0.3

  /// Adds up the inertia of each cluster, and how much it rises if the cells move to their second nearest centroids.
  private func addUp() {
    inertias.base.update(repeating: 0, count: count)
    quickCosts.base.update(repeating: 0, count: count)
    for cell in 0..<clusters.cells.count {
      let cluster = Int(clusters.nearest.base[cell])
      let weight = clusters.cells.weights.base[cell]
      let square = clusters.nearestSquares.base[cell]
      inertias.base[cluster] += Double(weight * square)
      quickCosts.base[cluster] += weight * (clusters.secondSquares.base[cell] - square)
    }
    // A fixed centroid is never removed.
    for cluster in 0..<clusters.fixedCount {
      quickCosts.base[cluster] = .infinity
    }
  }

  /// Cuts a cluster in two at its mean, perpendicular to its principal axis, and stores the means of the halves.
  ///
  /// - Returns: How much inertia falls with centroids at these means.
  private func split(_ cluster: Int) -> Float {
    var axis = PrincipalAxis(runs, cluster: cluster)
    let gain = axis.cut(into: halves.base + 2 * dimension * cluster)
    return cluster < clusters.fixedCount ? splitFixed(cluster) : gain
  }

  /// Splits the cluster of a fixed centroid, which does not move. The second centroid is the mean of the cluster or of
  /// a half, whichever lowers inertia most.
  ///
  /// - Returns: How much inertia falls.
  private func splitFixed(_ cluster: Int) -> Float {
    let first = halves.base + 2 * dimension * cluster
    let run = runs.run(cluster)
    let means = [0, dimension].map { half in (0..<dimension).map { first[half + $0] } }
    let candidates = [mean(of: run)] + means
    for plane in 0..<dimension {
      first[plane] = clusters.centroids.base[plane * clusters.stride + cluster]
    }
    var largest = -Float.infinity
    for candidate in candidates {
      let gain = self.gain(of: candidate, beside: first, run)
      if gain > largest {
        largest = gain
        for plane in 0..<dimension {
          first[dimension + plane] = candidate[plane]
        }
      }
    }
    return largest
  }

  private func mean(of run: Range<Int>) -> [Float] {
    var weight = 0.0
    var sums = [Double](repeating: 0, count: dimension)
    for cell in run {
      weight += Double(runs.weights.base[cell])
      for plane in 0..<dimension {
        sums[plane] += Double(runs.weights.base[cell] * runs.planes.base[plane * runs.stride + cell])
      }
    }
    return sums.map { Float($0 / max(weight, 1)) }
  }

  /// How much inertia falls if each cell of a run is assigned to the nearer of its centroid and a candidate.
  private func gain(
    of candidate: [Float], beside centroid: UnsafePointer<Float>, _ run: Range<Int>
  ) -> Float {
    var gain = 0.0
    for cell in run {
      var change: Float = 0
      for plane in 0..<dimension {
        let coordinate = runs.planes.base[plane * runs.stride + cell]
        let (old, new) = (coordinate - centroid[plane], coordinate - candidate[plane])
        change += old * old - new * new
      }
      gain += Double(max(change, 0) * runs.weights.base[cell])
    }
    return Float(gain)
  }

  /// The change of inertia when a cluster is split or loses its centroid, after some iterations in its neighborhood.
  private func settledChange(_ cluster: Int, isSplit: Bool, _ neighborhood: Neighborhood) -> Float {
    neighborhood.clear()
    neighborhood.add(cluster: cluster)
    nearest.add(of: cluster, to: neighborhood)
    let before = fill(
      neighborhood, splitting: isSplit ? cluster : nil, leavingOut: isSplit ? nil : cluster)
    let after = neighborhood.settle(
      iterations: effort.estimateIterations, relaxation: CentroidSwap.relaxation, bound: .infinity,
      patience: 0)
    return after - before
  }

  /// Adds centroids to a neighborhood: the means of both halves of the split cluster, then the centroids of the other
  /// clusters in order.
  ///
  /// - Parameters:
  ///   - neighborhood: The clusters, without centroids.
  ///   - place: The cluster to split; nil is none.
  ///   - removed: The cluster that loses its centroid; nil is none.
  /// - Returns: The present inertia of the clusters.
  func fill(
    _ neighborhood: Neighborhood, splitting place: Int?, leavingOut removed: Int?
  ) -> Float {
    var inertia = 0.0
    for member in neighborhood.members {
      inertia += inertias.base[member]
    }
    if let place {
      neighborhood.addCentroid(
        halves.base + 2 * dimension * place, stride: 1, isFixed: place < clusters.fixedCount)
      neighborhood.addCentroid(halves.base + 2 * dimension * place + dimension, stride: 1)
    }
    for member in neighborhood.members where member != place && member != removed {
      neighborhood.addCentroid(
        clusters.centroids.base + member, stride: clusters.stride, isFixed: member < clusters.fixedCount,
        cluster: member)
    }
    return Float(inertia)
  }
}
