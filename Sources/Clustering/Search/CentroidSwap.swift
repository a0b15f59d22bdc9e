import Memory
import Workers

/// Escapes local minima of k-means by swaps of centroids.
///
/// A swap removes one centroid, whose cells go to its neighbors, and splits the cluster of another centroid in two. It
/// is kept if it lowers inertia.
///
/// Fränti and Kivijärvi, "Randomised local search algorithm for the clustering problem", Pattern Analysis and
/// Applications 3, 2000. They choose both centroids at random. Here they are chosen by estimates of how much inertia
/// rises without the one, and how much it falls if the cluster of the other is split. An estimate takes a few
/// iterations in the neighborhood of one centroid.
package final class CentroidSwap {
  /// How thorough the swaps are.
  package struct Effort {
    /// Number of nearest centroids that are iterated together with a split or removed one.
    package var neighborCount: Int
    /// Maximum number of iterations in a trial, and number of iterations in an estimate.
    package var trialIterations: Int
    package var estimateIterations: Int
    /// Maximum number of centroids whose removal is tried for each split in a round.
    package var partnerCount: Int
    /// The smallest ratio of estimated gain to estimated cost for a trial of centroids with overlapping neighborhoods.
    package var boldness: Float
    /// Maximum number of rounds, except for further rounds that lower inertia much.
    package var roundLimit: Int
  }

  private let clusters: CoresetClusters
  private let effort: Effort
  private let estimates: SwapEstimates
  private var dimension: Int { clusters.cells.dimension }
  private var count: Int { clusters.count }

  /// For each centroid, the first round after its last move; for each pair, the round in which it was last tried. A
  /// pair is tried again only if one of its centroids has moved since.
  private let changed: Storage<Int>
  private var failed: PairTable
  private var round = 0

  /// Whether each centroid took part in a swap of this round.
  private let isLocked: Storage<Bool>
  private let trials: SwapTrials

  /// The centroids at the end of the last run; infinite before the first.
  private let left: Storage<Float>

  /// - Throws: `OutOfMemory`.
  package init(_ clusters: CoresetClusters, _ effort: Effort) throws {
    self.clusters = clusters
    self.effort = effort
    estimates = try SwapEstimates(clusters, effort)
    failed = try PairTable()
    changed = try Storage(count: clusters.count)
    isLocked = try Storage(count: clusters.count)
    trials = try SwapTrials(
      limit: max(clusters.count / Self.centroidsPerPlace, 1) * effort.partnerCount,
      perPlace: effort.partnerCount, memberLimit: 2 * estimates.nearest.count + 2,
      dimension: clusters.cells.dimension)
    left = try Storage(count: clusters.centroids.elements.count)
    left.base.update(repeating: .infinity, count: left.elements.count)
  }

  /// Swaps centroids until a round makes no swap, or until the round limit is reached and a round lowers inertia only a
  /// little.
  ///
  /// Estimates and failed trials of earlier runs remain valid for centroids that have hardly moved since.
  ///
  /// - Returns: Number of swaps made.
  /// - Throws: `OutOfMemory`.
  @discardableResult
  package func run() throws -> Int {
    forgetMoved()
    var total = 0
    var last = Double.infinity
    var isWorthMore = false
    for round in 0... {
      guard round < effort.roundLimit || isWorthMore else { break }
      let made = try runRound()
      total += made
      guard made > 0 else { break }
      var inertia = 0.0
      for _ in 0..<2 {
        inertia = clusters.assignNearest()
        clusters.moveToMeans(relaxation: 1.5)
      }
      isWorthMore = last - inertia > Self.largeGain * inertia
      last = inertia
    }
    left.base.update(from: clusters.centroids.base, count: left.elements.count)
    return total
  }

  /// The part of the inertia that a round beyond the limit has to gain for another one to follow. In photographs, few such
  /// rounds gain as much. In pictures of many equal clusters, each one separates some clusters that share a centroid.
  private static let largeGain = 0.003

  /// Discards the estimates of all centroids that have moved too far since the last run.
  private func forgetMoved() {
    let limit = Self.stillness * Float(clusters.assignNearest()) / clusters.cells.weight
    for centroid in 0..<count {
      var square: Float = 0
      for plane in 0..<dimension {
        let place = plane * clusters.stride + centroid
        let way = clusters.centroids.base[place] - left.base[place]
        square += way * way
      }
      if !(square <= limit) {
        estimates.forget(centroid)
        changed.base[centroid] = round
      }
    }
  }

  /// The largest squared move of a centroid for which its estimates remain valid, divided by the mean squared distance
  /// of cells from their centroids.
  private static let stillness: Float = 0.001

  /// Tries all promising pairs once and returns the number of swaps made. Each centroid takes part in at most one swap.
  private func runRound() throws -> Int {
    clusters.assign()
    estimates.update()
    let gains = estimates.gains.base
    let costs = estimates.costs.base
    let places = try GrowingStorage(0..<count) { gains[$0] > 0 }
    try places.sort { gains[$0] != gains[$1] ? gains[$0] > gains[$1] : $0 < $1 }
    let spares = try GrowingStorage(0..<count)
    try spares.sort { costs[$0] != costs[$1] ? costs[$0] < costs[$1] : $0 < $1 }
    isLocked.elements.update(repeating: false)
    var made = 0
    var next = 0
    while next < places.count {
      trials.clear()
      while next < places.count && !trials.isFull {
        let place = places[next]
        if !isLocked.base[place] {
          addPartners(of: place, among: spares)
        }
        next += 1
      }
      withWorkers(estimates.neighborhoods.count, sharing: trials.count) { worker, trial in
        run(trial, estimates.neighborhoods[worker])
      }
      for trial in 0..<trials.count {
        try failed.set(round, for: trials.pair(trial).place, trials.pair(trial).removed)
      }
      trials.keepBest()
      for trial in 0..<trials.count where !trials.members(trial).contains(where: { isLocked.base[$0] }) {
        accept(trial)
        made += 1
      }
    }
    round += 1
    return made
  }

  /// The number of centroids divided by the number of splits that are tried in one batch.
  ///
  /// The trials of a batch run on several threads, and none sees the swaps of the others. So a batch must be small if
  /// neighborhoods are a large part of the whole. The size does not depend on the number of threads, since the result
  /// must not.
  private static let centroidsPerPlace = 32

  /// Adds trials that split the cluster `place` and remove another centroid, cheapest removal first.
  private func addPartners(of place: Int, among spares: GrowingStorage<Int>) {
    var chosenCount = 0
    let gain = estimates.gains.base[place]
    estimates.nearest.mark(place)
    for index in 0..<spares.count {
      let spare = spares.base[index]
      guard spare != place && !isLocked.base[spare] else { continue }
      let cost = estimates.costs.base[spare]
      guard gain > effort.boldness * cost else { break }
      // If the neighborhoods do not overlap, the trial would lower inertia by about the gain minus the cost.
      guard gain > 0.95 * cost || estimates.nearest.overlapsMarked(spare) else { continue }
      let known = max(changed.base[place], changed.base[spare])
      if let last = failed[place, spare], last >= known { continue }
      trials.add(place: place, removed: spare)
      chosenCount += 1
      if chosenCount == effort.partnerCount { break }
    }
  }

  /// Tries a swap: removes one centroid, splits the other cluster in two and iterates in the neighborhoods of both.
  private func run(_ trial: Int, _ neighborhood: Neighborhood) {
    let pair = trials.pair(trial)
    neighborhood.clear()
    neighborhood.add(cluster: pair.place)
    neighborhood.add(cluster: pair.removed)
    estimates.nearest.add(of: pair.place, to: neighborhood)
    estimates.nearest.add(of: pair.removed, to: neighborhood)
    for member in neighborhood.members where isLocked.base[member] {
      return
    }
    let bound = estimates.fill(neighborhood, splitting: pair.place, leavingOut: pair.removed)
    let target = bound * 0.99999
    let reached = neighborhood.settle(
      iterations: effort.trialIterations, relaxation: Self.relaxation, bound: target, patience: 4)
    guard reached < target else { return }
    trials.note(neighborhood, gain: bound - reached, trial)
  }

  /// Over-relaxation of trials. Values from 1.3 to 1.8 gave equally good results.
  static let relaxation: Float = 1.5

  /// Moves the centroids of a successful trial and locks them for the rest of the round.
  private func accept(_ trial: Int) {
    for (index, centroid) in trials.members(trial).enumerated() {
      estimates.forget(centroid)
      changed.base[centroid] = round + 1
      isLocked.base[centroid] = true
      for plane in 0..<dimension {
        let coordinate = trials.coordinate(plane, of: index, trial)
        clusters.centroids.base[plane * clusters.stride + centroid] =
          coordinate.clamped(to: clusters.cells.bounds)
      }
    }
  }
}
