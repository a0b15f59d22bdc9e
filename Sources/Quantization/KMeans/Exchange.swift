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
  private var dimension: Int { clusters.cells.dimension }
  private var count: Int { clusters.count }

  /// A neighborhood for each thread.
  private let neighborhoods: [Neighborhood]

  /// The cells by their clusters: those of cluster k begin at `starts[k]` in `order`.
  private let order: Storage<Int32>
  private let starts: Storage<Int>

  /// For each centroid the nearest others, nearest first.
  private let neighbors: Storage<Int32>
  private let neighborCount: Int

  /// For each cluster its inertia, and the means of its halves.
  private let inertias: Storage<Double>
  private let halves: Storage<Float>

  /// For each cluster by how much inertia falls when it gets a second centroid, and rises when it loses its own;
  /// computed again when something near has changed.
  private let gains: Storage<Float>
  private let costs: Storage<Float>
  private var isKnown: [Bool]

  /// The round in which a centroid was last moved by an exchange, and the one in which a pair last failed.
  private var changed: [Int]
  private var failed: [Int: Int] = [:]
  private var round = 0

  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ clusters: CoresetClusters, _ effort: Effort) throws {
    self.clusters = clusters
    self.effort = effort
    let count = clusters.count
    let dimension = clusters.cells.dimension
    neighborCount = min(effort.neighborCount, count - 1)
    let capacity = 2 * neighborCount + 3
    neighborhoods = try (0..<clusters.threadCount).map { _ in
      try Neighborhood(
        dimension: dimension, cellCapacity: clusters.cells.stride, centroidCapacity: capacity)
    }
    order = try Storage(count: clusters.cells.count)
    starts = try Storage(count: count + 2)
    neighbors = try Storage(count: count * neighborCount)
    inertias = try Storage(count: count)
    halves = try Storage(count: 2 * dimension * count)
    gains = try Storage(count: count)
    costs = try Storage(count: count)
    isKnown = Array(repeating: false, count: count)
    changed = Array(repeating: 0, count: count)
  }

  /// Exchanges until a round brings nothing or the rounds are used up.
  ///
  /// - Returns: How many exchanges were made.
  @discardableResult
  package func run() throws -> Int {
    for centroid in 0..<count {
      isKnown[centroid] = false
      changed[centroid] = round
    }
    failed.removeAll(keepingCapacity: true)
    var total = 0
    for _ in 0..<effort.roundLimit {
      let made = try runRound()
      total += made
      guard made > 0 else { break }
      for _ in 0..<2 {
        clusters.assign()
        try clusters.moveToMeans(relaxation: 1.5)
      }
    }
    return total
  }

  /// Tries the promising pairs once; returns how many exchanges were made. A centroid takes part in one at the most.
  private func runRound() throws -> Int {
    clusters.assign()
    sortCells()
    findNeighbors()
    estimate()
    let gains = self.gains.base
    let costs = self.costs.base
    let places = (0..<count).sorted { gains[$0] != gains[$1] ? gains[$0] > gains[$1] : $0 < $1 }
    let spares = (0..<count).sorted { costs[$0] != costs[$1] ? costs[$0] < costs[$1] : $0 < $1 }
    var isLocked = [Bool](repeating: false, count: count)
    var made = 0
    for place in places where gains[place] > 0 && !isLocked[place] {
      let partners = self.partners(of: place, among: spares, isLocked)
      if let best = attempt(place, partners, isLocked) {
        made += 1
        for (index, centroid) in best.members.enumerated() {
          isLocked[centroid] = true
          isKnown[centroid] = false
          changed[centroid] = round + 1
          for plane in 0..<dimension {
            let coordinate = best.positions[index * dimension + plane]
            clusters.centroids.base[plane * clusters.stride + centroid] =
              coordinate.clamped(to: clusters.cells.bounds)
          }
        }
      }
    }
    round += 1
    return made
  }

  /// The centroids worth removing in favor of a place, cheapest first.
  private func partners(of place: Int, among spares: [Int], _ isLocked: [Bool]) -> [Int] {
    var chosen = [Int]()
    let gain = gains.base[place]
    for spare in spares where spare != place && !isLocked[spare] {
      guard gain > effort.boldness * costs.base[spare] else { break }
      // Apart, both sides settle by themselves and the estimates say what comes of it.
      guard gain > 0.95 * costs.base[spare] || overlap(place, spare) else { continue }
      if let last = failed[place * count + spare], last >= changed[place], last >= changed[spare] { continue }
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

  /// Tries a place with each partner; returns the best trial, if it lowers inertia.
  private func attempt(_ place: Int, _ partners: [Int], _ isLocked: [Bool]) -> Trial? {
    guard !partners.isEmpty else { return nil }
    var trials = [Trial](repeating: Trial(), count: partners.count)
    let workerCount = min(neighborhoods.count, partners.count)
    trials.withUnsafeMutableBufferPointer { trials in
      nonisolated(unsafe) let trials = trials
      withWorkers(workerCount) { worker in
        for index in stride(from: worker, to: partners.count, by: workerCount) {
          trials[index] = trial(place, partners[index], isLocked, neighborhoods[worker])
        }
      }
    }
    var best: Trial?
    for (partner, trial) in zip(partners, trials) {
      if trial.gain > best?.gain ?? 0 {
        best = trial
      }
      failed[place * count + partner] = round
    }
    return best
  }

  /// Removes one centroid, cuts a cluster in two and lets the neighbors of both settle.
  private func trial(
    _ place: Int, _ removed: Int, _ isLocked: [Bool], _ neighborhood: Neighborhood
  ) -> Trial {
    var trial = Trial()
    trial.members = [place, removed]
    addNeighbors(of: place, to: &trial.members)
    addNeighbors(of: removed, to: &trial.members)
    for member in trial.members where isLocked[member] {
      return trial
    }
    let bound = fill(neighborhood, trial.members, splitting: place, leavingOut: removed)
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
  private static let relaxation: Float = 1.5

  /// Takes clusters out into a neighborhood; returns their inertia.
  private func fill(
    _ neighborhood: Neighborhood, _ members: [Int], splitting place: Int?, leavingOut removed: Int?
  ) -> Float {
    neighborhood.clear()
    var inertia = 0.0
    for member in members {
      neighborhood.add(cells(of: member), of: clusters.cells)
      inertia += inertias.base[member]
    }
    if let place {
      neighborhood.addCentroid(halves.base + 2 * dimension * place, stride: 1)
      neighborhood.addCentroid(halves.base + 2 * dimension * place + dimension, stride: 1)
    }
    for member in members where member != place && member != removed {
      neighborhood.addCentroid(clusters.centroids.base + member, stride: clusters.stride)
    }
    return Float(inertia)
  }

  private func cells(of cluster: Int) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(
      start: order.base + starts.base[cluster], count: starts.base[cluster + 1] - starts.base[cluster])
  }

  private func sortCells() {
    let starts = self.starts.base
    starts.update(repeating: 0, count: count + 2)
    for cell in 0..<clusters.cells.count {
      starts[Int(clusters.nearest.base[cell]) + 2] += 1
    }
    for cluster in 0..<count {
      starts[cluster + 2] += starts[cluster + 1]
    }
    for cell in 0..<clusters.cells.count {
      let next = Int(clusters.nearest.base[cell]) + 1
      order.base[starts[next]] = Int32(truncatingIfNeeded: cell)
      starts[next] += 1
    }
  }

  private func findNeighbors() {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: neighborCount) { squares in
      for centroid in 0..<count {
        let list = neighbors.base + centroid * neighborCount
        var found = 0
        for other in 0..<count where other != centroid {
          let square = self.square(centroid, other)
          guard found < neighborCount || square < squares[found - 1] else { continue }
          var place = min(found, neighborCount - 1)
          while place > 0 && squares[place - 1] > square {
            squares[place] = squares[place - 1]
            list[place] = list[place - 1]
            place -= 1
          }
          squares[place] = square
          list[place] = Int32(truncatingIfNeeded: other)
          found = min(found + 1, neighborCount)
        }
      }
    }
  }

  private func square(_ first: Int, _ second: Int) -> Float {
    var sum: Float = 0
    for plane in 0..<dimension {
      let coordinates = clusters.centroids.base + plane &* clusters.stride
      sum += (coordinates[first] - coordinates[second]) * (coordinates[first] - coordinates[second])
    }
    return sum
  }

  private func addNeighbors(of centroid: Int, to members: inout [Int]) {
    for index in 0..<neighborCount {
      let neighbor = Int(neighbors.base[centroid * neighborCount + index])
      if !members.contains(neighbor) {
        members.append(neighbor)
      }
    }
  }

  /// Whether two centroids have each other or a third for a neighbor.
  private func overlap(_ first: Int, _ second: Int) -> Bool {
    let firstList = neighbors.base + first * neighborCount
    let secondList = neighbors.base + second * neighborCount
    for i in 0..<neighborCount {
      if Int(firstList[i]) == second || Int(secondList[i]) == first { return true }
      for j in 0..<neighborCount where firstList[i] == secondList[j] {
        return true
      }
    }
    return false
  }

  /// Brings gains and costs up to date.
  private func estimate() {
    let quick = quickCosts()
    var quickGains = [Float](repeating: 0, count: count)
    for cluster in 0..<count {
      quickGains[cluster] = split(cluster)
    }
    let largestGain = quickGains.reduce(0, max)
    let lowestCost = quick.reduce(.infinity, min)
    let threshold = Self.quickThreshold
    let unknown = (0..<count).filter { !isKnown[$0] }
    let workerCount = min(neighborhoods.count, max(unknown.count / 4, 1))
    withWorkers(workerCount) { worker in
      for index in stride(from: worker, to: unknown.count, by: workerCount) {
        let cluster = unknown[index]
        let isPlace = quickGains[cluster] > threshold * lowestCost
        let isSpare = quick[cluster] * threshold < largestGain
        gains.base[cluster] = isPlace ? -settledChange(cluster, isSplit: true, neighborhoods[worker]) : 0
        costs.base[cluster] =
          isSpare ? settledChange(cluster, isSplit: false, neighborhoods[worker]) : .infinity
      }
    }
    for cluster in unknown {
      isKnown[cluster] = true
    }
  }

  /// Where not even this part of the cost is covered before anything has settled, settling is not tried.
  private static let quickThreshold: Float = 0.3

  /// By how much inertia changes when a cluster is cut in two, or loses its centroid, and its neighbors settle.
  private func settledChange(_ cluster: Int, isSplit: Bool, _ neighborhood: Neighborhood) -> Float {
    var members = [cluster]
    addNeighbors(of: cluster, to: &members)
    let before = fill(
      neighborhood, members, splitting: isSplit ? cluster : nil, leavingOut: isSplit ? nil : cluster)
    let after = neighborhood.settle(
      iterations: effort.estimateIterations, relaxation: Self.relaxation, bound: .infinity, patience: 0)
    return after - before
  }

  /// Adds up the inertia of each cluster and returns by how much it rises when the cells go to their second nearest.
  private func quickCosts() -> [Float] {
    inertias.base.update(repeating: 0, count: count)
    var costs = [Float](repeating: 0, count: count)
    for cell in 0..<clusters.cells.count {
      let cluster = Int(clusters.nearest.base[cell])
      let weight = clusters.cells.weights.base[cell]
      let square = clusters.nearestSquares.base[cell]
      inertias.base[cluster] += Double(weight * square)
      costs[cluster] += weight * (clusters.secondSquares.base[cell] - square)
    }
    return costs
  }

  /// Cuts a cluster across its principal axis through its mean; keeps the halves' means and returns by how much
  /// they lower inertia.
  private func split(_ cluster: Int) -> Float {
    var axis = PrincipalAxis(clusters.cells, cells(of: cluster))
    return axis.cut(into: halves.base + 2 * dimension * cluster)
  }
}
