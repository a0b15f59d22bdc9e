import Memory

/// Rounds centroids to exactly `count` distinct positions on the points' grid. Every position that is not fixed has
/// points.
///
/// It repeats two steps. One moves each position without points to a point that lies on no position. The other moves
/// each position to the rounded mean of its points, which is the best position on the grid for these points. Each step
/// lowers inertia, so the descent ends. Then every position that is not fixed is the rounded mean of its points. If the
/// descent takes many steps, `AcceleratedLloyd` replaces most of the remaining ones, once.
///
/// Fixed positions never move, with or without points. If another position moves to the place of a fixed one, the two
/// are merged, and a new position is placed like one without points.
struct GridRounding<Scalar: ExactScalar>: Rounding {
  let assigner: Assigner<Scalar>

  /// Number of positions wanted, at most the number of points and fixed positions together.
  let count: Int

  /// Fixed positions, distinct and in lexicographic order, at most `count`; nil is none.
  var fixed: Centroids?

  package func clustering(from centroids: Centroids, settles: Bool) throws -> Clustering {
    var positions = try rounded(centroids)
    var moveCount = 0
    while true {
      let clusters = try assigner.assign(to: positions)
      let used = try withoutVacant(positions, clusters)
      if used.count < count {
        positions = try filled(used, positions)
      } else if let moved = settles ? try movedToMeans(positions, clusters) : nil {
        moveCount += 1
        positions = moveCount == Self.plainMoveCount ? try accelerated(moved) : moved
      } else {
        return try clustering(at: positions)
      }
    }
  }

  package func steps() -> GridSteps? { nil }

  package func positionsOnLine() throws -> Storage<UInt16>? { nil }

  package func clusteringInUse(from centroids: Centroids) throws -> Clustering {
    var positions = try rounded(centroids)
    while true {
      let used = try withoutVacant(positions, assigner.assign(to: positions))
      guard used.count < positions.count else { return try clustering(at: positions) }
      positions = used
    }
  }

  /// Assigns the points to positions and labels them.
  ///
  /// The descent itself needs no labels. Writing them takes longer than the rest of a pass, and there may be hundreds
  /// of passes.
  private func clustering(at positions: Centroids) throws -> Clustering {
    let pointCount = assigner.tree.points.count
    let labels = try Storage<UInt32>(
      count: pointCount, hugePages: pointCount >= Self.hugePageThreshold, reuse: true)
    let clusters = try assigner.assign(to: positions, labels: labels)
    return Clustering(
      positions: positions, labels: labels, clusters: clusters, inertia: assigner.inertia(clusters, positions)
    )
  }

  /// Minimum number of points for labels in huge pages.
  private static var hugePageThreshold: Int { 1 << 21 }

  /// Number of moves to means before the iteration is accelerated.
  private static var plainMoveCount: Int { 20 }

  /// Positions near the end of a long descent. Rounding them may raise inertia a little.
  private func accelerated(_ positions: Centroids) throws -> Centroids {
    let lloyd = AcceleratedLloyd(assigner, tolerance: 0.5) { isFixed($0, of: positions) }
    return try rounded(lloyd.run(from: positions.refined()).centroids)
  }

  /// Rounds centroids to the nearest positions on the grid, distinct and in lexicographic order.
  private func rounded(_ centroids: Centroids) throws -> Centroids {
    let rounded = try Centroids(count: centroids.count, dimension: centroids.dimension, fractionBits: 0)
    let half = Int32(1 << centroids.fractionBits) / 2
    for (index, coordinate) in centroids.coordinates.elements.enumerated() {
      rounded.coordinates.elements[index] = (coordinate + half) >> Int32(centroids.fractionBits)
    }
    return try rounded.sortedDistinct()
  }

  /// The positions that have points or are fixed.
  private func withoutVacant(_ positions: Centroids, _ clusters: Storage<Int>) throws -> Centroids {
    let items = positions.dimension + 1
    let used = try GrowingStorage(0..<positions.count) {
      clusters.elements[$0 * items] > 0 || isFixed($0, of: positions)
    }
    return used.count == positions.count ? positions : try positions.selecting(used)
  }

  /// Adds positions on the points that contribute most to inertia, until there are `count`.
  private func filled(_ used: Centroids, _ positions: Centroids) throws -> Centroids {
    let points = assigner.tree.points
    let vacancies = try EmptyClusters(points, labels: clustering(at: positions).labels, centroids: positions)
    let filled = try Centroids(count: count, dimension: used.dimension, fractionBits: 0)
    _ = filled.coordinates.elements.update(fromContentsOf: used.coordinates.elements)
    for entry in used.count..<count {
      guard let point = vacancies.takeCostliest() else {
        preconditionFailure("more points than positions, so some point lies on none")
      }
      filled.place(entry, on: point, of: points)
    }
    return try filled.sortedDistinct()
  }

  /// The rounded means, distinct and in lexicographic order; nil if all positions are rounded means already.
  ///
  /// A coordinate that differs from the mean by half a unit or less does not move.
  private func movedToMeans(_ positions: Centroids, _ clusters: Storage<Int>) throws -> Centroids? {
    let moved = try Centroids(count: positions.count, dimension: positions.dimension, fractionBits: 0)
    var isMoved = false
    let items = positions.dimension + 1
    for entry in 0..<positions.count {
      guard !isFixed(entry, of: positions) else {
        moved.position(entry).update(from: positions.position(entry), count: positions.dimension)
        continue
      }
      let weight = clusters.elements[entry * items]
      for plane in 0..<positions.dimension {
        let sum = clusters.elements[entry * items + plane + 1]
        let current = Int(positions.position(entry)[plane])
        let excess = sum - weight * current
        let isRoundedMean = 2 * abs(excess) <= weight
        let place = isRoundedMean ? current : roundedQuotient(sum, weight, fractionBits: 0)
        moved.position(entry)[plane] = Int32(truncatingIfNeeded: place)
        isMoved = isMoved || !isRoundedMean
      }
    }
    return isMoved ? try moved.sortedDistinct() : nil
  }

  private func isFixed(_ entry: Int, of positions: Centroids) -> Bool {
    guard let fixed else { return false }
    let numbers = 0..<fixed.count
    let place = numbers.partitioningIndex { fixed.compare($0, with: positions.position(entry)) >= 0 }
    return place < fixed.count && fixed.compare(place, with: positions.position(entry)) == 0
  }
}
