import Memory

/// Lloyd's iteration: assigns points to their nearest centroids and moves centroids to the means of their points, until
/// nothing changes.
///
/// Means are rounded to the centroids' grid. On that grid inertia is a whole number, and it falls with each iteration,
/// so the iteration ends.
///
/// Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2), 1982, method I.
struct Lloyd<Scalar: ExactScalar> {
  let assigner: Assigner<Scalar>

  /// Maximum number of iterations, 0 or more; nil is no limit.
  var iterationLimit: Int?

  /// The iteration ends when no coordinate moved by more than this, in units of the points' grid.
  var tolerance = 0.0

  /// Iterates from `start`, whose centroids it moves.
  ///
  /// - Parameters:
  ///   - start: At least one centroid.
  ///   - progress: Called after each iteration with the number of iterations so far.
  /// - Returns: The centroids, their inertias, and why the iteration ended.
  /// - Throws: `OutOfMemory`.
  func run(from start: Centroids, progress: (Int) -> Void = { _ in }) throws -> LloydOutcome {
    var outcome = LloydOutcome(centroids: start)
    let limit = tolerance * Double(1 << start.fractionBits)
    while outcome.history.count < iterationLimit ?? Int.max && outcome.ending == .iterationLimit {
      let clusters = try assign(start)
      let movement = moveToMeans(start, clusters)
      let inertia = assigner.inertia(clusters, start)
      let isLower = outcome.history.last.map { inertia < $0 } ?? true
      if isLower {
        outcome.history.append(inertia)
      }
      if movement == 0 || !isLower {
        outcome.ending = .settled
      } else if Double(movement) <= limit {
        outcome.ending = .withinTolerance
      }
      progress(outcome.history.count)
    }
    return outcome
  }

  /// Assigns the points. Centroids without points, except fixed ones, move to the points that contribute most to
  /// inertia.
  private func assign(_ centroids: Centroids) throws -> Storage<Int> {
    let clusters = try assigner.assign(to: centroids)
    let items = centroids.dimension + 1
    let vacant = try GrowingStorage(centroids.fixedCount..<centroids.count) {
      clusters.elements[$0 * items] == 0
    }
    guard !vacant.isEmpty else { return clusters }
    let points = assigner.tree.points
    let labels = try Storage<UInt32>(count: points.count)
    _ = try assigner.assign(to: centroids, labels: labels)
    let vacancies = try EmptyClusters(points, labels: labels, centroids: centroids)
    for centroid in vacant {
      guard let point = vacancies.takeCostliest() else { break }
      centroids.place(centroid, on: point, of: points)
    }
    return try assigner.assign(to: centroids)
  }

  /// Moves each centroid that has points and is not fixed to their mean.
  ///
  /// - Returns: The largest move of a coordinate, in units of the centroids' grid.
  private func moveToMeans(_ centroids: Centroids, _ clusters: Storage<Int>) -> Int {
    guard let base = clusters.elements.baseAddress else { preconditionFailure("storage is never empty") }
    var largest = 0
    for centroid in centroids.fixedCount..<centroids.count {
      let cluster = base + centroid * (centroids.dimension + 1)
      if cluster[0] > 0 {
        largest = max(largest, centroids.place(centroid, onMeanOf: cluster))
      }
    }
    return largest
  }
}
