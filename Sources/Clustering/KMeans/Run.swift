/// One run of k-means, from its start to the rounded centroids.
struct Run<Scalar: ExactScalar> {
  let settings: KMeansSettings

  /// The number of the run, from 0.
  let number: Int

  let assigner: Assigner<Scalar>

  /// Fixed positions, distinct and in lexicographic order, at most as many as clusters; nil is none.
  var fixed: Centroids?

  /// Rounds centroids to places that can be written; nil rounds to the points' grid.
  var rounding: (any Rounding)?

  /// Called repeatedly with the number of iterations so far.
  let progress: (Int) -> Void

  private var tree: PointTree<Scalar> { assigner.tree }

  /// Plain k-means: Lloyd's iteration from a start, then rounding.
  ///
  /// - Throws: `OutOfMemory`.
  func plain(from start: StartMethod) throws -> Clustering {
    try plain(from: centroids(start))
  }

  /// Plain k-means from given centroids, which it moves.
  ///
  /// - Throws: `OutOfMemory`.
  func plain(from start: Centroids) throws -> Clustering {
    let outcome = try lloyd.run(from: start, progress: progress)
    return try finished(outcome, from: outcome.centroids)
  }

  /// Searches for the lowest inertia. The first run starts from the means of boxes, the others from k-means++.
  ///
  /// - Parameter given: Centroids from which the first run starts instead, fixed ones first.
  /// - Returns: The positions and their clusters.
  /// - Throws: `OutOfMemory`.
  func searching(from given: Centroids? = nil) throws -> Clustering {
    // The search of each run draws its own random numbers.
    var generator = SplitMix64(seed: settings.seed, run: number)
    let search = Search(
      tree: tree, count: settings.clusterCount, fixed: fixed, effort: settings.effort,
      seed: number == 0 ? settings.seed : generator.next(), threadCount: settings.threadCount)
    let start = try search.centroids(from: number == 0 ? given : centroids(.kMeansPlusPlus))
    let (limit, leastGain) = settings.effort.finalIterations(tree.points.count)
    var outcome = try AcceleratedLloyd(
      assigner, iterationLimit: min(settings.iterationLimit ?? Int.max, limit), leastGain: leastGain,
      tolerance: tolerance
    ) { $0 < start.fixedCount }.run(from: start, progress: progress)
    if outcome.ending == .iterationLimit && outcome.history.count < settings.iterationLimit ?? Int.max {
      // This is the limit of the effort, not that of the settings. So the steps below continue until nothing changes.
      outcome.ending = .settled
    }
    guard outcome.ending == .settled else { return try finished(outcome, from: outcome.centroids) }
    let inertia = inertiaOnPoints(outcome.history.last ?? 0, outcome.centroids)
    return try finished(
      outcome, from: search.onGrid(outcome.centroids, inertia: inertia, steps: rounding?.steps()))
  }

  private var lloyd: Lloyd<Scalar> {
    Lloyd(assigner: assigner, iterationLimit: settings.iterationLimit, tolerance: tolerance)
  }

  /// The tolerance in units of the points' grid.
  private var tolerance: Double { settings.tolerance * Double(tree.points.upperBound) }

  private func centroids(_ start: StartMethod) throws -> Centroids {
    var generator = SplitMix64(seed: settings.seed, run: number)
    return try Start(tree: tree, count: settings.clusterCount - (fixed?.count ?? 0), fixed: fixed)
      .centroids(start, using: &generator).following(fixed)
  }

  private func finished(_ outcome: LloydOutcome, from centroids: Centroids) throws -> Clustering {
    let settles = outcome.ending == .settled
    // `GridRounding` is called by its concrete type. Called by the protocol, its loops would not be specialized for
    // `Scalar`.
    var clustering =
      try rounding?.clustering(from: centroids, settles: settles)
      ?? GridRounding(assigner: assigner, count: settings.clusterCount, fixed: fixed)
      .clustering(from: centroids, settles: settles)
    clustering.course = Clustering.Course(
      run: number + 1, history: outcome.history.map { inertiaOnPoints($0, outcome.centroids) },
      ending: outcome.ending)
    return clustering
  }

  /// Inertia in units of the points' grid squared.
  private func inertiaOnPoints(_ inertia: Int128, _ centroids: Centroids) -> Double {
    Double(inertia) / Double(1 << (2 * centroids.fractionBits))
  }
}
