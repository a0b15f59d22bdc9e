/// Makes a palette of centroids.
package protocol PaletteRounding {
  /// Rounds centroids and carries on from there.
  ///
  /// - Parameters:
  ///   - centroids: At most as many as colors are wanted.
  ///   - settles: Whether to go on as long as inertia falls; otherwise only until all colors are in use.
  /// - Returns: The palette and its clusters.
  /// - Throws: `QuantizationError.outOfMemory`.
  func palette(from centroids: Centroids, settles: Bool) throws -> Clustering

  /// Rounds centroids and leaves out those that no point is nearest to.
  ///
  /// - Parameter centroids: At most as many as colors are wanted.
  /// - Returns: The palette and its clusters.
  /// - Throws: `QuantizationError.outOfMemory`.
  func paletteInUse(from centroids: Centroids) throws -> Clustering
}

/// Brings centroids to the points' own grid, where they are exactly `count` different positions, each the nearest
/// of some point, unless it is a fixed one.
///
/// With the assignment fixed the rounded mean of a cluster is its best position on the grid, and a position that no
/// point needs strictly lowers inertia on any point that does not lie on a position; so the descent ends, in a
/// palette in which every position is the rounded mean of the points nearest to it. Fixed positions stay, with points
/// or without: that takes nothing back, since only the others are moved or given up, and a mean that comes to lie on
/// a fixed position leaves a place free, to be filled like any other.
struct Rounding<Scalar: ExactScalar>: PaletteRounding {
  let assigner: Assigner<Scalar>

  /// Positions wanted, at most as many as points and fixed positions have together.
  let count: Int

  /// Positions that have to stay, distinct and sorted, at most `count`; nil is none.
  var fixed: Centroids?

  func palette(from centroids: Centroids, settles: Bool) throws -> Clustering {
    var palette = try rounded(centroids)
    while true {
      let clusters = try assigner.assign(to: palette)
      let used = try withoutVacant(palette, clusters)
      if used.count < count {
        palette = try filled(used, palette)
      } else if let moved = settles ? try movedToMeans(palette, clusters) : nil {
        palette = moved
      } else {
        return try clustering(palette)
      }
    }
  }

  func paletteInUse(from centroids: Centroids) throws -> Clustering {
    var palette = try rounded(centroids)
    while true {
      let used = try withoutVacant(palette, assigner.assign(to: palette))
      guard used.count < palette.count else { return try clustering(palette) }
      palette = used
    }
  }

  /// The points as they are with a palette that stays. It may take hundreds of passes to find it, and writing labels
  /// takes longer than all else in a pass.
  private func clustering(_ palette: Centroids) throws -> Clustering {
    let pointCount = assigner.tree.points.count
    let labels = try Storage<UInt32>(count: pointCount, hugePages: pointCount >= Self.hugePageThreshold)
    let clusters = try assigner.assign(to: palette, labels: labels)
    return Clustering(
      positions: palette, labels: labels, clusters: clusters, inertia: assigner.inertia(clusters, palette))
  }

  /// Points from which on their labels fill some huge pages.
  private static var hugePageThreshold: Int { 1 << 21 }

  /// The nearest grid positions, distinct and sorted.
  private func rounded(_ centroids: Centroids) throws -> Centroids {
    let rounded = try Centroids(count: centroids.count, dimension: centroids.dimension, fractionBits: 0)
    let half = Int32(1 << centroids.fractionBits) / 2
    for (index, coordinate) in centroids.coordinates.elements.enumerated() {
      rounded.coordinates.elements[index] = (coordinate + half) >> Int32(centroids.fractionBits)
    }
    return try rounded.sortedDistinct()
  }

  /// The positions that have points or are fixed.
  private func withoutVacant(_ palette: Centroids, _ clusters: Storage<Int>) throws -> Centroids {
    let items = palette.dimension + 1
    let used = try GrowingStorage(0..<palette.count) {
      clusters.elements[$0 * items] > 0 || isFixed($0, of: palette)
    }
    return used.count == palette.count ? palette : try palette.selecting(used)
  }

  /// The positions in use and as many points that cost much as are missing.
  private func filled(_ used: Centroids, _ palette: Centroids) throws -> Centroids {
    let points = assigner.tree.points
    let vacancies = try Vacancies(points, labels: clustering(palette).labels, centroids: palette)
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

  /// The rounded means, distinct and sorted, or nil where all positions are rounded means already. A coordinate half
  /// way between two stays where it is.
  private func movedToMeans(_ palette: Centroids, _ clusters: Storage<Int>) throws -> Centroids? {
    let moved = try Centroids(count: palette.count, dimension: palette.dimension, fractionBits: 0)
    var isMoved = false
    let items = palette.dimension + 1
    for entry in 0..<palette.count {
      guard !isFixed(entry, of: palette) else {
        moved.position(entry).update(from: palette.position(entry), count: palette.dimension)
        continue
      }
      let weight = clusters.elements[entry * items]
      for plane in 0..<palette.dimension {
        let sum = clusters.elements[entry * items + plane + 1]
        let current = Int(palette.position(entry)[plane])
        let excess = sum - weight * current
        let isRoundedMean = 2 * abs(excess) <= weight
        let place = isRoundedMean ? current : roundedQuotient(sum, weight, fractionBits: 0)
        moved.position(entry)[plane] = Int32(truncatingIfNeeded: place)
        isMoved = isMoved || !isRoundedMean
      }
    }
    return isMoved ? try moved.sortedDistinct() : nil
  }

  private func isFixed(_ entry: Int, of palette: Centroids) -> Bool {
    guard let fixed else { return false }
    let numbers = 0..<fixed.count
    let place = numbers.partitioningIndex { fixed.compare($0, with: palette.position(entry)) >= 0 }
    return place < fixed.count && fixed.compare(place, with: palette.position(entry)) == 0
  }
}
