/// The search for centroids from which k-means ends near the lowest inertia there is.
///
/// A coreset of the points is cut into boxes, clustered with over-relaxed iterations and improved by exchanges of
/// centroids; what comes of it is settled on the points themselves.
struct Search<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>

  /// Centroids wanted, fewer than there are points.
  let count: Int

  let effort: KMeansSettings.Effort
  let threadCount: Int

  /// Finds centroids.
  ///
  /// - Parameter start: Where to begin; nil lets the search cut boxes.
  /// - Returns: Centroids settled on the coreset.
  /// - Throws: `QuantizationError.outOfMemory`.
  func centroids(from start: Centroids? = nil) throws -> Centroids {
    guard (2...Self.countLimit).contains(count) else {
      return try start ?? bipartition(tree.points, count: count)
    }
    let cells = try Coreset(tree, count: cellCount)
    let boxes =
      cells.count > count ? try cells.points(upperBound: tree.points.upperBound) : tree.points
    let clusters = try CoresetClusters(cells, count: count, threadCount: threadCount)
    clusters.place(at: try start ?? bipartition(boxes, count: count), middle: middle)
    try clusters.settle(until: 1e-4)
    try Exchange(clusters, effort.exchange).run()
    try clusters.settle(until: 1e-5)
    return try clusters.centroids(middle: middle)
  }

  /// Above this the exchanges, which look at all pairs of centroids, cost more than they bring.
  private static var countLimit: Int { 4096 }

  private var cellCount: Int {
    min(max(effort.cellsPerCentroid * count, effort.leastCellCount), effort.cellLimit)
  }

  private var middle: Float {
    Float(gridMiddle(upperBound: tree.points.upperBound))
  }

  /// Brings settled centroids to the points' grid in the best way at hand: where its steps are large enough to
  /// matter, by moving them in single steps.
  ///
  /// - Parameter centroids: As many as are wanted.
  /// - Returns: Positions on the grid, or the centroids themselves where rounding does as well.
  /// - Throws: `QuantizationError.outOfMemory`.
  func onGrid(_ centroids: Centroids) throws -> Centroids {
    guard tree.points.upperBound <= 255, tree.points.dimension <= Self.gridDimensionLimit,
      tree.points.count <= Self.gridPointLimit, (2...Self.countLimit).contains(count)
    else { return centroids }
    let points = try Coreset(tree, count: tree.points.count)
    let clusters = try CoresetClusters(points, count: count, threadCount: threadCount)
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
  /// Takes over positions on the fine grid.
  func place(at positions: Centroids, middle: Float) {
    let unit = Float(1 << positions.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<cells.dimension {
        centroids.base[plane * stride + centroid] =
          Float(positions.position(centroid)[plane]) / unit - middle
      }
    }
  }

  /// The centroids on the fine grid.
  func centroids(middle: Float) throws -> Centroids {
    let positions = try Centroids(count: count, dimension: cells.dimension)
    let unit = Float(1 << positions.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<cells.dimension {
        let coordinate = (centroids.base[plane * stride + centroid] + middle) * unit
        positions.position(centroid)[plane] = Int32(coordinate.rounded())
      }
    }
    return positions
  }

  /// Iterates, over-relaxed, until an iteration lowers inertia by less than a part `limit` of it; the last step is
  /// a plain one.
  func settle(until limit: Double) throws {
    var last = Double.infinity
    for _ in 0..<Self.iterationLimit {
      let inertia = assign()
      if last - inertia < limit * inertia { break }
      try moveToMeans(relaxation: last.isInfinite ? 1 : Self.relaxation)
      last = inertia
    }
    try moveToMeans(relaxation: 1)
  }

  /// Steps beyond the mean settle in fewer iterations; from 2 on they need not settle at all.
  private static var relaxation: Float { 1.8 }

  private static var iterationLimit: Int { 200 }
}
