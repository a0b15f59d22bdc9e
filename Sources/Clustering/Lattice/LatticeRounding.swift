import Memory

/// Brings centroids to places of a lattice: exactly as many as are wanted, each except the fixed ones the nearest of
/// some point.
///
/// It moves each place to the one nearest to the mean of its points as long as that lowers inertia. Inertia is a whole
/// number, so the descent ends. Points of the strict part are assigned to strict places only. A place is made strict
/// where most of the weight around it is of the strict part.
package final class LatticeRounding: Rounding {
  private let points: Points
  private let lattice: any Lattice

  /// The place that lies on each point.
  private let placeOfPoint: (Int) -> UnsafePointer<UInt16>

  /// Places wanted.
  private let count: Int

  /// Places that stay, with or without points; nil is none.
  private let fixed: Places?
  private let whole: Assigner<Double>
  private let parts: [LatticePart]

  /// - Parameters:
  ///   - tree: The points.
  ///   - lattice: Where they may end.
  ///   - firstStrict: The first of the points that are assigned to strict places only, 0 to the number of points.
  ///   - placeOfPoint: Gives a place that lies on a point, for each point.
  ///   - count: Places wanted, more than the fixed ones, and fewer than points and fixed places together.
  ///   - fixed: Places that stay, at different positions; nil is none.
  ///   - threadCount: Threads that may work at a time, at least 1.
  package init(
    _ tree: PointTree<Double>, on lattice: any Lattice, firstStrict: Int,
    placeOfPoint: @escaping (Int) -> UnsafePointer<UInt16>, count: Int, fixed: Places?, threadCount: Int
  ) {
    points = tree.points
    self.lattice = lattice
    self.placeOfPoint = placeOfPoint
    self.count = count
    self.fixed = fixed
    whole = Assigner(tree, threadCount: threadCount)
    parts = LatticePart.all(of: tree, firstStrict: firstStrict, threadCount: threadCount)
  }

  package func clustering(from centroids: Centroids, settles: Bool) throws -> Clustering {
    var entries = try entries(try places(nearestTo: centroids))
    var best: Clustering?
    while true {
      let candidate = try clustering(entries)
      let used = try entries.withoutEmpty(candidate)
      if used.count < count {
        entries = try filled(used, candidate)
        continue
      }
      if let best, candidate.inertia >= best.inertia { return best }
      best = candidate
      guard settles else { return candidate }
      entries = try self.entries(movedToMeans(entries, candidate))
    }
  }

  package func positionsOnLine() throws -> Storage<UInt16>? { try lattice.positionsOnLine() }

  package func clusteringInUse(from centroids: Centroids) throws -> Clustering {
    var entries = try entries(try places(nearestTo: centroids))
    while true {
      let candidate = try clustering(entries)
      let used = try entries.withoutEmpty(candidate)
      guard used.count < entries.count else { return candidate }
      entries = used
    }
  }

  /// Assigns the points to given places.
  ///
  /// - Parameters:
  ///   - places: Places in lexicographic order.
  ///   - lattice: The lattice of the places, which may be another than that of the points.
  /// - Returns: Each point's nearest place, and what that costs.
  /// - Throws: `OutOfMemory`.
  package func clustering(_ places: Places, of lattice: any Lattice) throws -> Clustering {
    try clustering(LatticeEntries(places, lattice, dimension: points.dimension))
  }

  private func entries(_ places: Places) throws -> LatticeEntries {
    try LatticeEntries(fixed, places, lattice, dimension: points.dimension)
  }

  private func clustering(_ entries: LatticeEntries) throws -> Clustering {
    let labels = try Storage<UInt32>(count: points.count)
    let items = points.dimension + 1
    let clusters = try Storage<Int>(count: entries.count * items)
    for part in parts {
      let strict = part.isStrict ? try entries.strict() : nil
      let members = strict?.isEmpty ?? true ? nil : strict
      let positions = try members.map(entries.positions.selecting) ?? entries.positions
      let sums = try part.assigner.assign(to: positions, labels: labels)
      for index in 0..<positions.count {
        let entry = members?[index] ?? index
        for item in 0..<items {
          clusters.base[entry * items + item] += sums.base[index * items + item]
        }
      }
      if let members {
        for point in part.range {
          labels.base[point] = UInt32(truncatingIfNeeded: members[Int(labels.base[point])])
        }
      }
    }
    return Clustering(
      positions: entries.positions, labels: labels, clusters: clusters,
      inertia: whole.inertia(clusters, entries.positions), places: entries.places)
  }

  /// The places nearest to centroids. Those are strict around which most of the weight is of the strict part: at least
  /// one, if there are points of that part and no fixed place is strict. They are nearest to the mean of its points.
  private func places(nearestTo centroids: Centroids) throws -> Places {
    let unit = Double(points.upperBound << centroids.fractionBits)
    // The fixed centroids are among the fixed places.
    let free = centroids.fixedCount..<centroids.count
    let places = try Places(count: free.count, width: lattice.placeWidth)
    let shares = try shares(of: centroids, free: free)
    let mostStrict = free.max { shares.base[$0].strict < shares.base[$1].strict }
    for centroid in free {
      var position = SIMD4<Double>.zero
      for plane in 0..<centroids.dimension {
        position[plane] = Double(centroids.position(centroid)[plane]) / unit
      }
      let share = shares.base[centroid]
      let isStrict = share.strict > 0 && (share.strict >= share.other || centroid == mostStrict)
      if isStrict { position = share.strictMean }
      lattice.nearestPlace(
        to: position, isStrict: isStrict, into: places.place(centroid - free.lowerBound))
    }
    return places
  }

  /// The weights around a centroid: of the strict part and of the other points.
  private struct Share: BitwiseCopyable {
    var strict: Int
    var other: Int

    /// The mean of the points of the strict part, on the scale 0...1 of the grid.
    var strictMean: SIMD4<Double>
  }

  /// The weights around each centroid. If no fixed place is strict, the points of the strict part are around free
  /// centroids only.
  private func shares(of centroids: Centroids, free: Range<Int>) throws -> Storage<Share> {
    let hasStrict =
      fixed.map { fixed in (0..<fixed.count).contains { lattice.isStrict(fixed.place($0)) } } ?? true
    let shares = try Storage<Share>(count: centroids.count)
    for part in parts {
      let candidates = part.isStrict && !hasStrict ? free : 0..<centroids.count
      let sums = try part.assigner.assign(to: centroids.selecting(GrowingStorage(candidates)))
      for (index, centroid) in candidates.enumerated() {
        let weight = sums.base[index * (centroids.dimension + 1)]
        if part.isStrict {
          shares.base[centroid].strict += weight
          if weight > 0 {
            shares.base[centroid].strictMean = mean(sums.base + index * (centroids.dimension + 1))
          }
        } else {
          shares.base[centroid].other += weight
        }
      }
    }
    return shares
  }

  /// The mean of points, on the scale 0...1 of the grid, from their weight and their weighted sums.
  private func mean(_ sums: UnsafePointer<Int>) -> SIMD4<Double> {
    var mean = SIMD4<Double>.zero
    for plane in 0..<points.dimension {
      mean[plane] = Double(sums[plane + 1]) / Double(sums[0]) / Double(points.upperBound)
    }
    return mean
  }

  /// The places nearest to the means of the points; strict places stay strict and take the mean of points of the strict
  /// part, if they have any.
  private func movedToMeans(_ entries: LatticeEntries, _ clustering: Clustering) throws -> Places {
    let items = points.dimension + 1
    let places = try Places(count: entries.count, width: lattice.placeWidth)
    let strictSums = try strictSums(clustering)
    for entry in 0..<entries.count {
      var sums = clustering.clusters.base + entry * items
      if entries.isStrict(entry), let strictSums, strictSums.base[entry * items] > 0 {
        sums = strictSums.base + entry * items
      }
      guard !entries.isFixed(entry) else {
        places.copy(entry, of: entries.places, to: entry)
        continue
      }
      lattice.nearestPlace(to: mean(sums), isStrict: entries.isStrict(entry), into: places.place(entry))
    }
    return places
  }

  /// For each place the sums of its points of the strict part; nil where no points are in one.
  private func strictSums(_ clustering: Clustering) throws -> Storage<Int>? {
    guard let part = parts.first(where: \.isStrict) else { return nil }
    let items = points.dimension + 1
    let sums = try Storage<Int>(count: clustering.positions.count * items)
    for point in part.range {
      let cluster = sums.base + Int(clustering.labels.base[point]) * items
      let weight = points.weights.base[point]
      cluster[0] += weight
      for plane in 0..<points.dimension {
        cluster[plane + 1] += weight * points.coordinate(plane, of: point)
      }
    }
    return sums
  }

  /// The places in use, and for each that is missing one on a point that costs much.
  private func filled(_ used: LatticeEntries, _ clustering: Clustering) throws -> LatticeEntries {
    let empty = try EmptyClusters(points, labels: clustering.labels, centroids: clustering.positions)
    let places = try Places(count: count, width: lattice.placeWidth)
    for entry in 0..<used.count {
      places.copy(entry, of: used.places, to: entry)
    }
    for entry in used.count..<count {
      guard let point = empty.takeCostliest() else {
        preconditionFailure("more points than places, so some point lies on none")
      }
      places.place(entry).update(from: placeOfPoint(point), count: lattice.placeWidth)
    }
    return try entries(places)
  }
}
