import Memory

/// Searches for centroids from which k-means reaches a low inertia.
///
/// It cuts a coreset of the points into boxes, clusters the coreset with over-relaxed iterations and improves it by
/// swapping centroids. Lloyd's algorithm on the points themselves follows.
struct Search<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>

  /// Centroids wanted, fixed ones among them.
  let count: Int

  /// Positions on the points' grid where centroids are fixed, fewer than `count`; nil is none.
  var fixed: Centroids?

  let effort: Effort

  /// Seed of the random choices.
  let seed: UInt64

  let threadCount: Int

  /// Finds centroids.
  ///
  /// - Parameter start: Where to begin; nil lets the search cut boxes.
  /// - Returns: Centroids settled on the coreset.
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

  /// The means of boxes of points, behind the fixed centroids.
  private func boxes(of points: Points) throws -> Centroids {
    try bipartition(points, count: count - (fixed?.count ?? 0)).following(fixed)
  }

  // An iteration that lowers inertia by less than these parts of it is the last.
  private static var roughly: Double { 1e-4 }
  private static var finely: Double { 1e-5 }

  /// Exchanges centroids until that brings nothing more, then, as often as the effort allows, throws some to random
  /// places and begins again from there, keeping what is better.
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

  /// Above so many centroids exchanges, which look at all pairs of them, take minutes.
  private static var exchangeLimit: Int { 8192 }

  /// Above so many centroids even settling on a coreset takes many seconds.
  private static var countLimit: Int { 32768 }

  private var cellCount: Int {
    min(max(effort.cellsPerCentroid(count) * count, effort.leastCellCount), effort.cellLimit(count))
  }

  private var middle: Float {
    Float(gridMiddle(upperBound: tree.points.upperBound))
  }

  /// Brings settled centroids to the points' grid in the best way at hand: where its steps are large enough to
  /// matter, by moving them in single steps.
  ///
  /// - Parameters:
  ///   - centroids: As many as are wanted.
  ///   - inertia: Theirs, in units of the points' grid squared.
  /// - Returns: Positions on the grid, or the centroids themselves where rounding does as well.
  /// - Throws: `OutOfMemory`.
  func onGrid(_ centroids: Centroids, inertia: Double) throws -> Centroids {
    // A coordinate rounded is off by 1/12 of a step squared in the mean.
    let loss = Double(tree.points.dimension) / 12 * Double(tree.sums.base[0])
    guard loss >= effort.leastRoundingLoss * inertia, tree.points.upperBound <= 255,
      tree.points.dimension <= Self.gridDimensionLimit, tree.points.count <= Self.gridPointLimit,
      (2...Self.countLimit).contains(count)
    else { return centroids }
    let cells = try Coreset(tree, count: min(tree.points.count, effort.gridCellsPerCentroid * count))
    let clusters = try CoresetClusters(cells, count: count, threadCount: threadCount)
    clusters.place(at: centroids, middle: middle)
    for place in 0..<clusters.centroids.elements.count {
      clusters.centroids.base[place].round()
    }
    try GridDescent(clusters).run(sweepLimit: effort.sweepLimit)
    return try clusters.centroids(middle: middle)
  }

  /// In more dimensions a single step is too small a part of what there is to move.
  private static var gridDimensionLimit: Int { 4 }

  /// Where there are more points than this, inertia is so high that the grid does not matter.
  private static var gridPointLimit: Int { 1 << 20 }
}

extension CoresetClusters {
  /// Takes over positions on the fine grid, and how many of them are fixed.
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

  /// The centroids on the fine grid.
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

  /// Throws centroids drawn at random, but no fixed ones, to cells drawn by what they add to inertia.
  ///
  /// - Parameters:
  ///   - moveCount: Centroids to throw; one may be drawn twice.
  ///   - generator: Where the random choices come from. The cells are assigned to the centroids as they are.
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

  /// Iterates, over-relaxed, until an iteration lowers inertia by less than a part `limit` of it; the last step is
  /// a plain one.
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

  /// Steps beyond the mean settle in fewer iterations; from 2 on they need not settle at all.
  private static var relaxation: Float { 1.8 }

  private static var iterationLimit: Int { 200 }
}
