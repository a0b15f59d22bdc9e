import Memory
import Workers

/// Leaves local minima by swaps: removes the centroid whose removal costs least, splits the cluster that gains most from
/// a second centroid, and keeps the swap if it lowers inertia.
///
/// This is the random swap of Fränti and Kivijärvi, "Randomised local search algorithm for the clustering problem",
/// Pattern Analysis and Applications 3, 2000, with both places chosen by estimates: each side's change of inertia alone, after some
/// iterations in its neighborhood.
package final class CentroidSwap {
  /// How thorough the search is.
  package struct Effort {
    /// Nearest centroids taken along with each that is added or removed.
    package var neighborCount: Int
    /// Iterations in which a trial settles, and an estimate of one side of it.
    package var trialIterations: Int
    package var estimateIterations: Int
    /// Partners tried for a place in a round.
    package var partnerCount: Int
    /// Which part of the cost the gain has to be for a trial, where the neighborhoods overlap.
    package var boldness: Float
    /// Rounds at the most.
    package var roundLimit: Int
  }

  private let clusters: CoresetClusters
  private let effort: Effort
  private let estimates: SwapEstimates
  private var dimension: Int { clusters.cells.dimension }
  private var count: Int { clusters.count }

  /// The round in which a centroid was last moved by an exchange, and the one in which a pair last failed.
  private let changed: Storage<Int>
  private var failed: PairTable
  private var round = 0

  /// The centroids that took part in an exchange of this round.
  private let isLocked: Storage<Bool>
  private let trials: SwapTrials

  /// The centroids as the last run left them.
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

  /// Exchanges until a round brings nothing or the rounds are used up.
  ///
  /// What an earlier run found out about centroids that have hardly moved since is taken for granted.
  ///
  /// - Returns: How many exchanges were made.
  /// - Throws: `OutOfMemory`.
  @discardableResult
  package func run() throws -> Int {
    forgetMoved()
    var total = 0
    for _ in 0..<effort.roundLimit {
      let made = try runRound()
      total += made
      guard made > 0 else { break }
      for _ in 0..<2 {
        clusters.assignNearest()
        clusters.moveToMeans(relaxation: 1.5)
      }
    }
    left.base.update(from: clusters.centroids.base, count: left.elements.count)
    return total
  }

  /// Marks the estimates of all centroids as outdated that have moved since the last run.
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

  /// Which part of the mean squared distance of cells from their centroids a centroid may have moved, squared, for what
  /// is known about it still to hold.
  private static let stillness: Float = 0.001

  /// Tries the promising pairs once; returns how many exchanges were made. A centroid takes part in one at the most.
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

  /// Places are tried some at a time, on several threads, and what one of them changes is lost on the others; so there
  /// are few where neighborhoods are a large part of the whole. Not by the number of threads, which must not matter.
  private static let centroidsPerPlace = 32

  /// Adds trials of a place and the centroids worth removing in favor of it, cheapest first.
  private func addPartners(of place: Int, among spares: GrowingStorage<Int>) {
    var chosenCount = 0
    let gain = estimates.gains.base[place]
    for index in 0..<spares.count {
      let spare = spares.base[index]
      guard spare != place && !isLocked.base[spare] else { continue }
      let cost = estimates.costs.base[spare]
      guard gain > effort.boldness * cost else { break }
      // Where the neighborhoods do not overlap, the sum of both estimates is the result.
      guard gain > 0.95 * cost || estimates.nearest.overlap(place, spare) else { continue }
      let known = max(changed.base[place], changed.base[spare])
      if let last = failed[place, spare], last >= known { continue }
      trials.add(place: place, removed: spare)
      chosenCount += 1
      if chosenCount == effort.partnerCount { break }
    }
  }

  /// Removes one centroid, cuts a cluster in two and lets the neighbors of both settle.
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

  /// Over-relaxation of trials. Anything from 1.3 to 1.8 did equally well.
  static let relaxation: Float = 1.5

  /// Moves the centroids of a trial to where they ended up, to stay there for this round.
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
