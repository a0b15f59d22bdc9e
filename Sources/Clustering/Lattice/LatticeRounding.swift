import Memory

/// Rounds centroids to exactly `count` places of a lattice. Every place that is not fixed has points.
///
/// If the lattice does not cover the points, there may be fewer such places than `count`. Then all of them are used.
///
/// It moves each place to the one nearest to the mean of its points as long as that lowers inertia. Inertia is a whole
/// number, so the descent ends. Points of the strict part are assigned to strict places only. A place is made strict if
/// at least half of the weight around it belongs to the strict part.
package final class LatticeRounding: Rounding {
  private let points: Points
  private let lattice: any Lattice

  /// Returns a place that lies on a given point.
  private let placeOfPoint: (Int) -> UnsafePointer<UInt16>

  /// Number of places wanted.
  private let count: Int

  /// The fixed places, which stay with or without points; nil is none.
  private let fixed: Places?
  private let whole: Assigner<Double>
  private let parts: [LatticePart]

  /// - Parameters:
  ///   - tree: The points.
  ///   - lattice: The lattice of the places.
  ///   - firstStrict: The first of the points that are assigned to strict places only, from 0 to the number of points.
  ///   - placeOfPoint: Returns a place that lies on a given point.
  ///   - count: Number of places wanted: more than the fixed ones, and fewer than points and fixed places together.
  ///   - fixed: The fixed places, at different positions; nil is none.
  ///   - threadCount: Maximum number of threads, at least 1.
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
    var lastCount = 0
    while true {
      var candidate = try clustering(entries)
      let used = try entries.withoutEmpty(candidate)
      if used.count < count, lattice.coversPoints || used.count > lastCount {
        lastCount = used.count
        entries = try filled(used, candidate)
        continue
      }
      lastCount = 0
      if used.count < entries.count {
        entries = used
        candidate = try clustering(used)
      }
      if let best, candidate.inertia >= best.inertia { return best }
      best = candidate
      guard settles else { return candidate }
      entries = try self.entries(movedToMeans(entries, candidate))
    }
  }

  package func steps() -> GridSteps? { lattice.steps() }

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
  /// - Returns: The nearest place of each point, and the inertia.
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

  /// Finds the place nearest to each centroid that is not fixed.
  ///
  /// A place is made strict if at least half of the weight around its centroid belongs to the strict part. Then it is
  /// the strict place nearest to the mean of the strict points. If there are strict points and no fixed place is
  /// strict, at least one place is made strict.
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

  /// The weights around a centroid: of strict points and of other points.
  private struct Share: BitwiseCopyable {
    var strict: Int
    var other: Int

    /// The mean of the strict points, on the scale 0...1 of the grid.
    var strictMean: SIMD4<Double>
  }

  /// Adds up the weights of the points nearest to each centroid. If no fixed place is strict, strict points are
  /// assigned to free centroids only.
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

  /// The mean of a cluster, on the scale 0...1 of the grid, from its weight and the weighted sum of each coordinate.
  private func mean(_ sums: UnsafePointer<Int>) -> SIMD4<Double> {
    var mean = SIMD4<Double>.zero
    for plane in 0..<points.dimension {
      mean[plane] = Double(sums[plane + 1]) / Double(sums[0]) / Double(points.upperBound)
    }
    return mean
  }

  /// Moves each place that is not fixed to the place nearest to the mean of its points.
  ///
  /// A strict place stays strict and, if it has strict points, takes the mean of these alone.
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

  /// For each place, the weight of its strict points, then the weighted sum of each coordinate; nil if no part is
  /// strict.
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

  /// Adds places on the points that contribute most to inertia, until there are `count`.
  private func filled(_ used: LatticeEntries, _ clustering: Clustering) throws -> LatticeEntries {
    guard lattice.coversPoints else {
      let unused = try UnusedPlaces(points, of: lattice) { lattice.isStrict(placeOfPoint($0)) }
      return try entries(used.places.appending(unused.best(count - used.count, beside: clustering)))
    }
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
