/// Brings centroids of a color space to colors that an image can have: exactly as many as are wanted, each but the fixed
/// ones the nearest of some point.
///
/// The colors are moved to the tuples nearest to the means of their points as long as that lowers inertia, which is a
/// whole number, so the descent ends. Where opacity is premultiplied, opaque points are given to opaque colors only,
/// and a color that most of the weight of its points wants opaque is made so.
final class GamutRounding: PaletteRounding {
  private let working: WorkingPoints

  /// Colors wanted.
  private let count: Int

  /// Colors that are there whatever the points; nil is none.
  private let fixed: Palette?
  private let whole: Assigner<Double>
  private let parts: [GamutPart]
  private let tuples: Storage<UInt16>

  private var model: ColorModel { working.model }
  private var points: Points { working.points }

  /// - Parameters:
  ///   - working: The points.
  ///   - tree: The tree on them.
  ///   - tuples: The tuples that the points stand for.
  ///   - count: Colors wanted, more than the fixed ones, and fewer than points and fixed colors together.
  ///   - fixed: Colors that are to be there, at different places of the space.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ working: WorkingPoints, tree: PointTree<Double>, tuples: Storage<UInt16>, count: Int, fixed: Palette?,
    threadCount: Int
  ) throws {
    self.working = working
    self.count = count
    self.fixed = fixed
    self.tuples = tuples
    whole = Assigner(tree, threadCount: threadCount)
    parts = GamutPart.all(of: working, tree, threadCount: threadCount)
  }

  func palette(from centroids: Centroids, settles: Bool) throws -> Clustering {
    var colors = try GamutColors(fixed, try tuples(nearestTo: centroids), model)
    var best: Clustering?
    while true {
      let candidate = try clustering(colors)
      let used = try colors.withoutVacant(candidate)
      if used.count < count {
        colors = try filled(used, candidate)
        continue
      }
      if let best, candidate.inertia >= best.inertia { return best }
      best = candidate
      guard settles else { return candidate }
      colors = try GamutColors(fixed, movedToMeans(colors, candidate), model)
    }
  }

  func paletteInUse(from centroids: Centroids) throws -> Clustering {
    var colors = try GamutColors(fixed, try tuples(nearestTo: centroids), model)
    while true {
      let candidate = try clustering(colors)
      let used = try colors.withoutVacant(candidate)
      guard used.count < colors.count else { return candidate }
      colors = used
    }
  }

  /// Gives the points to colors.
  func clustering(_ colors: GamutColors) throws -> Clustering {
    let labels = try Storage<UInt32>(count: points.count)
    let items = points.dimension + 1
    let clusters = try Storage<Int>(count: colors.count * items)
    for part in parts {
      let opaque = part.wantsOpaque ? try colors.opaque() : nil
      let members = opaque?.isEmpty ?? true ? nil : opaque
      let positions = try members.map(colors.positions.selecting) ?? colors.positions
      let sums = try part.assigner.assign(to: positions, labels: labels)
      for index in 0..<positions.count {
        let color = members?[index] ?? index
        for item in 0..<items {
          clusters.base[color * items + item] += sums.base[index * items + item]
        }
      }
      if let members {
        for point in part.range {
          labels.base[point] = UInt32(truncatingIfNeeded: members[Int(labels.base[point])])
        }
      }
    }
    return Clustering(
      positions: colors.positions, labels: labels, clusters: clusters,
      inertia: whole.inertia(clusters, colors.positions), colors: colors.palette)
  }

  /// The tuples nearest to centroids, those opaque that most of the points around them want so: at least one, if there
  /// are opaque points and no fixed color is opaque.
  private func tuples(nearestTo centroids: Centroids) throws -> Palette {
    let unit = Double(WorkingPoints.upperBound << centroids.fractionBits)
    // What is pinned is among the fixed colors.
    let free = centroids.pinnedCount..<centroids.count
    let palette = try Palette(layout: model.layout, count: free.count)
    let shares = try shares(of: centroids, free: free)
    let mostOpaque = free.max { shares.base[$0].opaque < shares.base[$1].opaque }
    for centroid in free {
      var place = SIMD4<Double>.zero
      for plane in 0..<centroids.dimension {
        place[plane] = Double(centroids.position(centroid)[plane]) / unit
      }
      let share = shares.base[centroid]
      let isOpaque = share.opaque > 0 && (share.opaque >= share.other || centroid == mostOpaque)
      set(palette, centroid - free.lowerBound, place, isOpaque: isOpaque)
    }
    return palette
  }

  /// The weights of the opaque points and of the others around a centroid.
  private struct Share: BitwiseCopyable {
    var opaque: Int
    var other: Int
  }

  /// What is around each centroid; if no fixed color is opaque, opaque points are around the free ones only.
  private func shares(of centroids: Centroids, free: Range<Int>) throws -> Storage<Share> {
    let hasOpaque = fixed.map { fixed in (0..<fixed.count).contains { model.isOpaque(fixed, $0) } } ?? true
    let shares = try Storage<Share>(count: centroids.count)
    for part in parts {
      let candidates = part.wantsOpaque && !hasOpaque ? free : 0..<centroids.count
      let sums = try part.assigner.assign(to: centroids.selecting(GrowingStorage(candidates)))
      for (index, centroid) in candidates.enumerated() {
        let weight = sums.base[index * (centroids.dimension + 1)]
        if part.wantsOpaque {
          shares.base[centroid].opaque += weight
        } else {
          shares.base[centroid].other += weight
        }
      }
    }
    return shares
  }

  private func set(_ palette: Palette, _ entry: Int, _ place: SIMD4<Double>, isOpaque: Bool) {
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: model.layout.depth) { samples in
      guard let base = samples.baseAddress else { return }
      model.tuple(at: place, isOpaque: isOpaque, into: base)
      for plane in 0..<model.layout.depth {
        palette.setSample(Int(samples[plane]), plane: plane, of: entry)
      }
    }
  }

  /// The tuples nearest to the means of the points; opaque colors stay so.
  private func movedToMeans(_ colors: GamutColors, _ clustering: Clustering) throws -> Palette {
    let items = points.dimension + 1
    let palette = try Palette(layout: model.layout, count: colors.count)
    for entry in 0..<colors.count {
      let sums = clustering.clusters.base + entry * items
      guard !colors.isFixed(entry) else {
        palette.copy(entry, of: colors.palette, to: entry)
        continue
      }
      var place = SIMD4<Double>.zero
      for plane in 0..<points.dimension {
        place[plane] = Double(sums[plane + 1]) / Double(sums[0]) / Double(WorkingPoints.upperBound)
      }
      set(palette, entry, place, isOpaque: colors.isOpaque(entry))
    }
    return palette
  }

  /// The colors in use, and in the places of those that are missing tuples that cost much.
  private func filled(_ used: GamutColors, _ clustering: Clustering) throws -> GamutColors {
    let vacancies = try Vacancies(points, labels: clustering.labels, centroids: clustering.positions)
    let palette = try Palette(layout: model.layout, count: count)
    for entry in 0..<used.count {
      palette.copy(entry, of: used.palette, to: entry)
    }
    for entry in used.count..<count {
      guard let point = vacancies.takeCostliest() else {
        preconditionFailure("more points than colors, so some point lies on none")
      }
      let tuple = Int(working.representatives.base[point]) * model.layout.depth
      for plane in 0..<model.layout.depth {
        palette.setSample(Int(tuples.base[tuple + plane]), plane: plane, of: entry)
      }
    }
    return try GamutColors(fixed, palette, model)
  }
}
