import Clustering

/// K-means as its descriptions say it, without tree, vectors or threads: the oracle of the engine.
struct PlainKMeans {
  let set: PointSet
  let settings: KMeansSettings

  /// Fractional bits of centroids on their way.
  private let fractionBits = 6

  struct Outcome: Equatable {
    var positions: [[Int]]
    var labels: [Int]
    var inertia: Int128
    var history: [Int128]
    var isConverged: Bool
    /// Whether nothing changes any more, tolerance or not.
    var isSettled = false
  }

  /// One run, `number` counted from 0.
  func run(_ number: Int = 0) -> Outcome {
    var generator = SplitMix64(seed: settings.seed, run: number)
    let starts = PlainStart(set: set, count: settings.clusterCount)
    let method = settings.start ?? .wu
    var outcome = Outcome(positions: [], labels: [], inertia: 0, history: [], isConverged: false)
    let centroids = lloyd(from: starts.centroids(method, using: &generator), &outcome)
    round(centroids, settles: outcome.isSettled, &outcome)
    return outcome
  }

  /// Lloyd's iteration until nothing changes, inertia no longer falls, or a limit is reached.
  private func lloyd(from start: [[Int]], _ outcome: inout Outcome) -> [[Int]] {
    var centroids = start
    let limit = settings.tolerance * Double(set.upperBound) * Double(1 << fractionBits)
    while outcome.history.count < settings.iterationLimit ?? .max && !outcome.isConverged {
      var assignment = BruteForce(set, centroids, fractionBits: fractionBits)
      let vacant = centroids.indices.filter { assignment.clusters[$0][0] == 0 }
      if !vacant.isEmpty {
        let taken = costliest(vacant.count, assignment, centroids, fractionBits: fractionBits)
        for (centroid, point) in zip(vacant, taken) {
          centroids[centroid] = set.coordinates[point].map { $0 << fractionBits }
        }
        assignment = BruteForce(set, centroids, fractionBits: fractionBits)
      }
      var movement = 0
      for centroid in centroids.indices where assignment.clusters[centroid][0] > 0 {
        let moved = mean(assignment.clusters[centroid], fractionBits: fractionBits)
        movement = max(movement, zip(moved, centroids[centroid]).map { abs($0 - $1) }.max() ?? 0)
        centroids[centroid] = moved
      }
      let inertia = assignment.inertia(set, centroids, fractionBits: fractionBits)
      let isLower = outcome.history.last.map { inertia < $0 } ?? true
      outcome.isSettled = movement == 0 || !isLower
      outcome.isConverged = Double(movement) <= limit || !isLower
      if isLower {
        outcome.history.append(inertia)
      }
    }
    return centroids
  }

  /// The mean of a cluster, rounded to a grid, halves upward.
  private func mean(_ cluster: [Int], fractionBits: Int) -> [Int] {
    cluster.dropFirst().map { sum in
      Int((Int128(sum) << Int128(fractionBits + 1) + Int128(cluster[0])) / (2 * Int128(cluster[0])))
    }
  }

  /// The points that cost most, each taken into account before the next is sought; of equals the first.
  private func costliest(
    _ count: Int, _ assignment: BruteForce, _ centroids: [[Int]], fractionBits: Int
  ) -> [Int] {
    let fine = set.coordinates.map { $0.map { $0 << fractionBits } }
    var squares = set.coordinates.indices.map { squaredDistance(fine[$0], centroids[assignment.labels[$0]]) }
    var taken = [Int]()
    while taken.count < count {
      let costs = zip(set.weights, squares).map { $0 * $1 }
      guard let largest = costs.max(), largest > 0, let point = costs.firstIndex(of: largest) else { break }
      taken.append(point)
      squares = squares.indices.map { min(squares[$0], squaredDistance(fine[$0], fine[point])) }
    }
    return taken
  }

  /// Rounds to the points' grid, fills vacant places and, if wanted, goes on to rounded means.
  private func round(_ centroids: [[Int]], settles: Bool, _ outcome: inout Outcome) {
    var palette = sortedDistinct(centroids.map { $0.map { ($0 + 1 << (fractionBits - 1)) >> fractionBits } })
    while true {
      let assignment = BruteForce(set, palette, fractionBits: 0)
      let used = palette.indices.filter { assignment.clusters[$0][0] > 0 }.map { palette[$0] }
      if used.count < settings.clusterCount {
        let missing = settings.clusterCount - used.count
        let taken = costliest(missing, assignment, palette, fractionBits: 0)
        palette = sortedDistinct(used + taken.map { set.coordinates[$0] })
        continue
      }
      let moved = zip(palette, assignment.clusters).map { position, cluster in
        zip(zip(position, cluster.dropFirst()), mean(cluster, fractionBits: 0)).map { place, mean in
          2 * abs(place.1 - cluster[0] * place.0) <= cluster[0] ? place.0 : mean
        }
      }
      if settles && moved != palette {
        palette = sortedDistinct(moved)
        continue
      }
      outcome.positions = palette
      outcome.labels = assignment.labels
      outcome.inertia = assignment.inertia(set, palette, fractionBits: 0)
      return
    }
  }

  private func sortedDistinct(_ positions: [[Int]]) -> [[Int]] {
    Set(positions).sorted { $0.lexicographicallyPrecedes($1) }
  }
}
