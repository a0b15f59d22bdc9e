import Memory

/// Searches for centroids from which k-means reaches a low inertia.
///
/// It makes a coreset of the points, starts with the means of boxes, clusters the coreset by over-relaxed k-means
/// iterations and improves the result by swaps of centroids. Afterwards, `AcceleratedLloyd` iterates on the points
/// themselves.
struct Search<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>

  /// Number of centroids wanted, fixed ones included.
  let count: Int

  /// Positions of fixed centroids on the points' grid, fewer than `count`; nil is none.
  var fixed: Centroids?

  let effort: Effort

  /// Seed of the random choices.
  let seed: UInt64

  let threadCount: Int

  /// Searches for centroids.
  ///
  /// - Parameter start: The initial centroids; nil starts with the means of boxes.
  /// - Returns: Centroids that have converged on the coreset. The initial centroids are returned if there is only one,
  ///   if there are more than `countLimit`, or if the coreset does not have more cells than centroids.
  /// - Throws: `OutOfMemory`.
  func centroids(from start: Centroids? = nil) throws -> Centroids {
    guard (2...Self.countLimit).contains(count) else { return try start ?? boxes(of: tree.points) }
    let cells = try Coreset(tree, count: cellCount)
    guard cells.count > count else { return try start ?? boxes(of: tree.points) }
    let means = try cells.points(upperBound: tree.points.upperBound)
    let clusters = try CoresetClusters(cells, count: count, threadCount: threadCount)
    clusters.place(at: try start ?? boxes(of: means), middle: middle)
    clusters.settle(until: Self.roughly)
    if count <= Self.exchangeLimit { try explore(clusters) }
    return try clusters.centroids(middle: middle)
  }

  /// The fixed centroids, then the means of boxes of points.
  private func boxes(of points: Points) throws -> Centroids {
    try bipartition(points, count: count - (fixed?.count ?? 0)).following(fixed)
  }

  // The relative decrease of inertia below which the iteration on the coreset ends.
  private static var roughly: Double { 1e-4 }
  private static var finely: Double { 1e-5 }

  /// Swaps centroids until no swap lowers inertia. Then it repeats this, as often as the effort says, after moving some
  /// of the best centroids so far at random, and keeps the best result.
  ///
  /// Lourenço, Martin and Stützle, "Iterated local search", Handbook of Metaheuristics, 2003.
  private func explore(_ clusters: CoresetClusters) throws {
    let exchange = try CentroidSwap(clusters, effort.exchange(count))
    try exchange.run()
    clusters.settle(until: Self.finely)
    var lowest = clusters.assignNearest()
    let best = try Storage<Float>(count: clusters.centroids.elements.count)
    best.base.update(from: clusters.centroids.base, count: best.elements.count)
    var generator = SplitMix64(seed: seed)
    for _ in 0..<effort.shakeCount(count) {
      try clusters.shake(max(count / 64, 1), using: &generator)
      clusters.settle(until: Self.roughly)
      try exchange.run()
      clusters.settle(until: Self.finely)
      let inertia = clusters.assignNearest()
      if inertia < lowest {
        lowest = inertia
        best.base.update(from: clusters.centroids.base, count: best.elements.count)
      } else {
        clusters.centroids.base.update(from: best.base, count: best.elements.count)
        clusters.assignNearest()
      }
    }
    clusters.centroids.base.update(from: best.base, count: best.elements.count)
  }

  /// Maximum number of centroids for swaps, which consider all pairs of centroids. For more, that takes minutes.
  private static var exchangeLimit: Int { 8192 }

  /// Maximum number of centroids for the search. For more, iterating on the coreset alone takes many seconds.
  private static var countLimit: Int { 32768 }

  private var cellCount: Int {
    min(max(effort.cellsPerCentroid(count) * count, effort.leastCellCount), effort.cellLimit(count))
  }

  private var middle: Float {
    Float(gridMiddle(upperBound: tree.points.upperBound))
  }

  /// Moves converged centroids to the points' grid by grid descent, if plain rounding would raise inertia by at least
  /// `Effort.leastRoundingLoss`. With steps it moves them to places of a lattice in any case.
  ///
  /// - Parameters:
  ///   - centroids: All centroids.
  ///   - inertia: Their inertia, in units of the points' grid squared.
  ///   - steps: The steps from place to place of the lattice; nil is single steps of the points' grid.
  /// - Returns: Centroids at whole positions of the points' grid; the given centroids if plain rounding is as good.
  /// - Throws: `OutOfMemory`.
  func onGrid(_ centroids: Centroids, inertia: Double, steps: GridSteps?) throws -> Centroids {
    // The mean squared rounding error of a coordinate is 1/12 of a squared grid step.
    let loss = Double(tree.points.dimension) / 12 * Double(tree.sums.base[0])
    guard steps != nil || loss >= effort.leastRoundingLoss * inertia && tree.points.upperBound <= 255,
      tree.points.dimension <= Self.gridDimensionLimit, tree.points.count <= Self.gridPointLimit,
      (2...Self.countLimit).contains(count)
    else { return centroids }
    let cells = try Coreset(tree, count: min(tree.points.count, effort.gridCellsPerCentroid * count))
    let clusters = try CoresetClusters(cells, count: count, threadCount: threadCount)
    clusters.place(at: centroids, middle: middle)
    if let steps {
      clusters.round(to: steps, middle: middle)
    } else {
      for place in 0..<clusters.centroids.elements.count {
        clusters.centroids.base[place].round()
      }
    }
    try GridDescent(clusters, steps: steps.map { ($0, middle) }).run(sweepLimit: effort.sweepLimit)
    return try clusters.centroids(middle: middle)
  }

  /// Maximum number of dimensions for the grid descent. In more dimensions, one step in one plane changes too little.
  private static var gridDimensionLimit: Int { 4 }

  /// Maximum number of points for the grid descent. With more, inertia is so high that rounding errors do not matter.
  private static var gridPointLimit: Int { 1 << 20 }
}

extension CoresetClusters {
  /// Copies centroids and the number of fixed ones.
  package func place(at positions: Centroids, middle: Float) {
    fix(positions.fixedCount)
    let unit = Float(1 << positions.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<cells.dimension {
        centroids.base[plane * stride + centroid] =
          Float(positions.position(centroid)[plane]) / unit - middle
      }
    }
  }

  /// Moves each centroid that is not fixed to the nearest place of a lattice.
  fileprivate func round(to steps: GridSteps, middle: Float) {
    for centroid in fixedCount..<count {
      for plane in 0..<cells.dimension {
        let coordinate = centroids.base[plane * stride + centroid] + middle
        centroids.base[plane * stride + centroid] =
          Float(steps.nearest(Double(coordinate), plane: plane)) - middle
      }
    }
  }

  /// Converts the centroids to fixed-point numbers.
  package func centroids(middle: Float) throws -> Centroids {
    let positions = try Centroids(count: count, dimension: cells.dimension, fixedCount: fixedCount)
    let unit = Float(1 << positions.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<cells.dimension {
        let coordinate = (centroids.base[plane * stride + centroid] + middle) * unit
        positions.position(centroid)[plane] = Int32(coordinate.rounded())
      }
    }
    return positions
  }

  /// Moves randomly drawn centroids, but no fixed ones, to cells drawn with probability proportional to their inertia.
  ///
  /// The cells have to be assigned to the current centroids.
  ///
  /// - Parameters:
  ///   - moveCount: Number of moves. A centroid may be drawn twice.
  ///   - generator: The random number generator.
  /// - Throws: `OutOfMemory`.
  func shake(_ moveCount: Int, using generator: inout some RandomNumberGenerator) throws {
    let sums = try Storage<Double>(count: cells.count)
    var sum = 0.0
    for cell in 0..<cells.count {
      sum += Double(cells.weights.base[cell]) * Double(nearestSquares.base[cell])
      sums.base[cell] = sum
    }
    for _ in 0..<moveCount {
      let threshold = generator.drawFraction() * sum
      let cell = sums.elements.partitioningIndex { $0 > threshold }
      let centroid = fixedCount + Int(generator.draw(below: UInt64(count - fixedCount)))
      for plane in 0..<cells.dimension {
        centroids.base[plane * stride + centroid] =
          cells.planes.base[plane * cells.stride + min(cell, cells.count - 1)]
      }
    }
  }

  /// Iterates with over-relaxation until an iteration lowers inertia by less than `limit` times the inertia. The last
  /// step moves centroids exactly to their means.
  package func settle(until limit: Double) {
    var last = Double.infinity
    for _ in 0..<Self.iterationLimit {
      let inertia = assignNearest()
      if last - inertia < limit * inertia { break }
      moveToMeans(relaxation: last.isInfinite ? 1 : Self.relaxation)
      last = inertia
    }
    moveToMeans(relaxation: 1)
  }

  /// The part of the way to its mean that a centroid moves. Moving beyond the mean needs fewer iterations. From 2 on,
  /// the iteration need not converge.
  private static var relaxation: Float { 1.8 }

  private static var iterationLimit: Int { 200 }
}
