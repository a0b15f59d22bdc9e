/// K-means on weighted points.
package struct KMeans {
  package let settings: KMeansSettings

  package init(_ settings: KMeansSettings) {
    self.settings = settings
  }

  /// Clusters points and returns the run with the lowest inertia after rounding; of equal runs, the first.
  ///
  /// For points with one coordinate, it computes the optimum instead, unless there is a start or a fixed position.
  ///
  /// - Parameters:
  ///   - forest: The points. More of them lie on no fixed position than there are clusters that are not fixed.
  ///   - start: Centroids from which plain k-means starts. Together with the fixed ones, they are
  ///     `settings.clusterCount`. Nil starts as the settings say.
  ///   - fixed: Positions on the points' grid, distinct and in lexicographic order, at most `settings.clusterCount`.
  ///     They are among the resulting positions, never move, and may have no points. Nil is none.
  ///   - rounding: Rounds centroids to places that can be written; nil rounds to the points' grid.
  ///   - progress: Called repeatedly with the number of the run, from 1, and its number of iterations so far.
  /// - Returns: The positions and their clusters.
  /// - Throws: `OutOfMemory`.
  package func cluster(
    _ forest: AnyPointTree, from start: Centroids? = nil, fixed: Centroids? = nil,
    rounding: (any Rounding)? = nil,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws -> Clustering {
    precondition(forest.points.count > settings.clusterCount - (fixed?.count ?? 0))
    precondition(fixed?.count ?? 0 <= settings.clusterCount)
    return switch forest {
    case .float(let tree): try best(of: tree, start, fixed, rounding, progress)
    case .double(let tree): try best(of: tree, start, fixed, rounding, progress)
    }
  }

  /// Clusters points by one search that starts from given centroids.
  ///
  /// - Parameters:
  ///   - forest: The points, as in `cluster`.
  ///   - start: The centroids; together with the fixed ones `settings.clusterCount`.
  ///   - fixed: Fixed positions, as in `cluster`.
  ///   - rounding: Rounds centroids, as in `cluster`.
  ///   - progress: Called repeatedly with 1 and the number of iterations so far.
  /// - Returns: The positions and their clusters.
  /// - Throws: `OutOfMemory`.
  package func search(
    _ forest: AnyPointTree, from start: Centroids, fixed: Centroids?, rounding: (any Rounding)?,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws -> Clustering {
    switch forest {
    case .float(let tree): try search(tree, start, fixed, rounding, progress)
    case .double(let tree): try search(tree, start, fixed, rounding, progress)
    }
  }

  private func search<Scalar: ExactScalar>(
    _ tree: PointTree<Scalar>, _ start: Centroids, _ fixed: Centroids?, _ rounding: (any Rounding)?,
    _ progress: @escaping (Int, Int) -> Void
  ) throws -> Clustering {
    let assigner = Assigner(tree, threadCount: settings.threadCount)
    if fixed?.count ?? 0 == 0, let optimum = try optimum(assigner, rounding) { return optimum }
    return try Run(
      settings: settings, number: 0, assigner: assigner, fixed: fixed, rounding: rounding,
      progress: { progress(1, $0) }
    ).searching(from: start.following(fixed))
  }

  private func best<Scalar: ExactScalar>(
    of tree: PointTree<Scalar>, _ start: Centroids?, _ fixed: Centroids?, _ rounding: (any Rounding)?,
    _ progress: @escaping (Int, Int) -> Void
  ) throws -> Clustering {
    let assigner = Assigner(tree, threadCount: settings.threadCount)
    if settings.start == nil, start == nil, fixed?.count ?? 0 == 0,
      let optimum = try optimum(assigner, rounding)
    {
      return optimum
    }
    let given =
      fixed?.count == settings.clusterCount ? try fixed?.fixedInPlace() : try start?.following(fixed)
    if let given {
      precondition(given.count == settings.clusterCount)
      return try Run(
        settings: settings, number: 0, assigner: assigner, fixed: fixed, rounding: rounding,
        progress: { progress(1, $0) }
      ).plain(from: given)
    }
    var best: Clustering?
    for number in 0..<distinctRunCount {
      let run = Run(
        settings: settings, number: number, assigner: assigner, fixed: fixed, rounding: rounding
      ) {
        progress(number + 1, $0)
      }
      let candidate = try settings.start.map(run.plain) ?? run.searching()
      if candidate.inertia < best?.inertia ?? Int128.max {
        best = candidate
      }
    }
    guard let best else { preconditionFailure("there is at least one run") }
    return best
  }

  /// The optimum if the points have one coordinate, a single part, and known places; else nil.
  private func optimum<Scalar: ExactScalar>(
    _ assigner: Assigner<Scalar>, _ rounding: (any Rounding)?
  ) throws -> Clustering? {
    let points = assigner.tree.points
    guard points.dimension == 1, points.secondPart == nil else { return nil }
    let places = try rounding?.positionsOnLine()
    guard rounding == nil || places != nil else { return nil }
    let centers = try LineOptimum.centers(of: points, count: settings.clusterCount, places: places)
    var clustering =
      try rounding?.clustering(from: centers, settles: false)
      ?? GridRounding(assigner: assigner, count: settings.clusterCount)
      .clustering(from: centers, settles: false)
    clustering.course = Clustering.Course(run: 1, history: [], ending: .settled, isOptimal: true)
    return clustering
  }

  /// The number of runs that can differ: 1 for a start without random choices.
  private var distinctRunCount: Int {
    settings.start == .wu || settings.start == .maximin ? 1 : settings.runCount
  }
}
