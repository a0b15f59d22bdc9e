/// Leaves local minima: again and again takes a centroid away where it is missed least and puts it where a cluster
/// cut in two gains most, as long as that lowers inertia.
///
/// The idea is the random swap of Fränti and Kivijärvi, "Randomised local search algorithm for the clustering problem",
/// Pattern Analysis and Applications 3, 2000, with both places chosen by what each alone is found to gain or cost
/// when its neighborhood settles.
package final class Exchange {
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
  private let prospects: Prospects
  private var dimension: Int { clusters.cells.dimension }
  private var count: Int { clusters.count }

  /// The round in which a centroid was last moved by an exchange, and the one in which a pair last failed.
  private var changed: [Int]
  private var failed: PairTable
  private var round = 0

  /// The centroids as the last run left them.
  private let left: Storage<Float>

  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ clusters: CoresetClusters, _ effort: Effort) throws {
    self.clusters = clusters
    self.effort = effort
    prospects = try Prospects(clusters, effort)
    failed = try PairTable()
    changed = Array(repeating: 0, count: clusters.count)
    left = try Storage(count: clusters.centroids.elements.count)
    left.base.update(repeating: .infinity, count: left.elements.count)
  }

  /// Exchanges until a round brings nothing or the rounds are used up.
  ///
  /// What an earlier run found out about centroids that have hardly moved since is taken for granted.
  ///
  /// - Returns: How many exchanges were made.
  /// - Throws: `QuantizationError.outOfMemory`.
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

  /// Has everything found out again about the centroids that are no longer where the last run left them.
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
        prospects.forget(centroid)
        changed[centroid] = round
      }
    }
  }

  /// Which part of the mean squared distance of cells from their centroids a centroid may have moved, squared, for what
  /// is known about it still to hold.
  private static let stillness: Float = 0.001

  /// Tries the promising pairs once; returns how many exchanges were made. A centroid takes part in one at the most.
  private func runRound() throws -> Int {
    clusters.assign()
    prospects.update()
    let gains = prospects.gains.base
    let costs = prospects.costs.base
    let places = (0..<count).filter { gains[$0] > 0 }
      .sorted { gains[$0] != gains[$1] ? gains[$0] > gains[$1] : $0 < $1 }
    let spares = (0..<count).sorted { costs[$0] != costs[$1] ? costs[$0] < costs[$1] : $0 < $1 }
    var isLocked = [Bool](repeating: false, count: count)
    var made = 0
    let pairLimit = max(count / Self.centroidsPerPlace, 1) * effort.partnerCount
    var next = 0
    while next < places.count {
      var pairs: [(place: Int, removed: Int)] = []
      while next < places.count && pairs.count < pairLimit {
        let place = places[next]
        if !isLocked[place] {
          pairs += partners(of: place, among: spares, isLocked).map { (place: place, removed: $0) }
        }
        next += 1
      }
      for trial in try bestTrials(pairs, isLocked) where !trial.members.contains(where: { isLocked[$0] }) {
        accept(trial)
        for centroid in trial.members {
          isLocked[centroid] = true
        }
        made += 1
      }
    }
    round += 1
    return made
  }

  /// Places are tried some at a time, on several threads, and what one of them changes is lost on the others; so there
  /// are few where neighborhoods are a large part of the whole. Not by the number of threads, which must not matter.
  private static let centroidsPerPlace = 32

  /// The centroids worth removing in favor of a place, cheapest first.
  private func partners(of place: Int, among spares: [Int], _ isLocked: [Bool]) -> [Int] {
    var chosen = [Int]()
    let gain = prospects.gains.base[place]
    for spare in spares where spare != place && !isLocked[spare] {
      let cost = prospects.costs.base[spare]
      guard gain > effort.boldness * cost else { break }
      // Apart, both sides settle by themselves and the estimates say what comes of it.
      guard gain > 0.95 * cost || prospects.nearest.overlap(place, spare) else { continue }
      if let last = failed[place, spare], last >= changed[place], last >= changed[spare] { continue }
      chosen.append(spare)
      if chosen.count == effort.partnerCount { break }
    }
    return chosen
  }

  /// What a trial came to.
  private struct Trial {
    /// The centroids that take part: the place, the removed one, then their neighbors.
    var members: [Int] = []
    /// Where they end up.
    var positions: [Float] = []
    /// By how much inertia falls.
    var gain: Float = 0
  }

  /// Tries pairs; returns for each place, in their order, the best trial that lowers inertia, if there is one.
  private func bestTrials(_ pairs: [(place: Int, removed: Int)], _ isLocked: [Bool]) throws -> [Trial] {
    var trials = [Trial](repeating: Trial(), count: pairs.count)
    trials.withUnsafeMutableBufferPointer { trials in
      nonisolated(unsafe) let trials = trials
      withWorkers(prospects.neighborhoods.count, sharing: pairs.count) { worker, index in
        trials[index] = trial(pairs[index], isLocked, prospects.neighborhoods[worker])
      }
    }
    var best: [Trial] = []
    for (pair, trial) in zip(pairs, trials) {
      try failed.set(round, for: pair.place, pair.removed)
      guard trial.gain > 0 else { continue }
      if best.last?.members.first != pair.place {
        best.append(trial)
      } else if trial.gain > best[best.count - 1].gain {
        best[best.count - 1] = trial
      }
    }
    return best
  }

  /// Removes one centroid, cuts a cluster in two and lets the neighbors of both settle.
  private func trial(
    _ pair: (place: Int, removed: Int), _ isLocked: [Bool], _ neighborhood: Neighborhood
  ) -> Trial {
    var trial = Trial()
    trial.members = [pair.place, pair.removed]
    prospects.nearest.add(of: pair.place, to: &trial.members)
    prospects.nearest.add(of: pair.removed, to: &trial.members)
    for member in trial.members where isLocked[member] {
      return trial
    }
    let bound = prospects.fill(
      neighborhood, trial.members, splitting: pair.place, leavingOut: pair.removed)
    let target = bound * 0.99999
    let reached = neighborhood.settle(
      iterations: effort.trialIterations, relaxation: Self.relaxation, bound: target, patience: 4)
    guard reached < target else { return trial }
    trial.gain = bound - reached
    trial.positions.reserveCapacity(trial.members.count * dimension)
    for index in trial.members.indices {
      for plane in 0..<dimension {
        trial.positions.append(neighborhood.coordinate(plane, of: index))
      }
    }
    return trial
  }

  /// Over-relaxation of trials. Anything from 1.3 to 1.8 did equally well.
  static let relaxation: Float = 1.5

  /// Moves the centroids of a trial to where they ended up.
  private func accept(_ trial: Trial) {
    for (index, centroid) in trial.members.enumerated() {
      prospects.forget(centroid)
      changed[centroid] = round + 1
      for plane in 0..<dimension {
        let coordinate = trial.positions[index * dimension + plane]
        clusters.centroids.base[plane * clusters.stride + centroid] =
          coordinate.clamped(to: clusters.cells.bounds)
      }
    }
  }
}
