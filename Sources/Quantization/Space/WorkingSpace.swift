/// Tuples as points of a color space in which not every place is a color that the image can have.
struct WorkingSpace: PointSpace {
  private let histogram: Histogram
  private let selection: TupleSelection
  private let model: ColorModel
  private let kind: TupleKind
  private let opacity: OpacityModel
  private let threadCount: Int

  /// The selected tuples, one behind the other.
  private let tuples: Storage<UInt16>
  private let working: WorkingPoints?

  /// Colors that have to be in the palette.
  private let required: Palette?

  let pinned: Centroids?

  /// Places selected tuples.
  ///
  /// - Parameters:
  ///   - histogram: The image's tuples.
  ///   - selection: Which of them.
  ///   - weights: For each tuple what it counts for.
  ///   - required: Colors that have to be in the palette, distinct and in lexicographic order; nil is none.
  ///   - setting: What they mean and where distances are taken.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ histogram: Histogram, _ selection: TupleSelection, weights: Storage<Int>, required: Palette?,
    in setting: ColorSetting, threadCount: Int
  ) throws {
    self.histogram = histogram
    self.selection = selection
    self.threadCount = threadCount
    self.required = required
    kind = setting.kind
    opacity = setting.opacity
    let model = try ColorModel(
      kind, histogram.layout,
      isGray: histogram.isGray(planeCount: kind.colorCount, selection.members.elements)
        && required?.isGray(planeCount: kind.colorCount) ?? true,
      hasOpacity: kind.hasOpacity, space: setting.space, opacity: opacity)
    self.model = model
    pinned = try required.map { try model.positions(of: $0).sortedDistinct() }
    let members = selection.members.elements
    tuples = try histogram.samples(of: members)
    guard !members.isEmpty else {
      working = nil
      return
    }
    let memberWeights = try Storage<Int>(count: members.count)
    for (index, tuple) in members.enumerated() {
      memberWeights.base[index] = weights.base[Int(tuple)]
    }
    working = try WorkingPoints(model, tuples: tuples, weights: memberWeights, threadCount: threadCount)
  }

  var points: Points? { working?.points }

  var reservedCount: Int { (required?.count ?? 0) - (pinned?.count ?? 0) }

  var inertiaScale: Double {
    let scale = Double(histogram.layout.maxval) / Double(WorkingPoints.upperBound)
    return scale * scale * (model.isGray ? Double(model.planeCount) : 1)
  }

  func inertia(_ clustering: Clustering) -> Int128? { nil }

  func rounding(_ forest: PointForest, count: Int) throws -> (any PaletteRounding)? {
    guard let working, case .double(let tree) = forest else {
      preconditionFailure("the grid is too fine for the narrower numbers")
    }
    return try GamutRounding(
      working, tree: tree, tuples: tuples, count: count + reservedCount, fixed: required,
      threadCount: threadCount)
  }

  func mapping(_ clustering: Clustering?) throws -> Mapping {
    let colors: Palette
    if let clustered = clustering?.colors {
      colors = clustered
    } else if let working {
      let representatives = try Storage<UInt32>(count: working.points.count)
      for (point, member) in working.representatives.elements.enumerated() {
        representatives.base[point] = selection.members.base[Int(member)]
      }
      colors = try histogram.tuples(representatives)
    } else {
      colors = try Palette(layout: histogram.layout, count: 0)
    }
    return try Mapping(histogram, selection, colors: colors, required: required) { member in
      let point = working?.numbers.base[member] ?? 0
      return clustering?.labels.base[Int(point)] ?? point
    } nearest: { palette in
      try NearestPlaces(palette, kind, histogram, kind, space: model.space, opacity: opacity)
        .labels(threadCount: threadCount)
    }
  }

  func centroids(_ start: GivenPalette, image: TupleKind) throws -> Centroids {
    let entries = try start.mostOpaque(start.count - (required?.count ?? 0))
    let centroids = try Centroids(count: entries.count, dimension: model.dimension)
    let unit = Double(WorkingPoints.upperBound << centroids.fractionBits)
    let tuple = try Storage<UInt16>(count: histogram.layout.depth)
    for (centroid, entry) in entries.enumerated() {
      for plane in 0..<histogram.layout.depth {
        let sample = start.coordinate(plane, of: entry, in: image, maxval: histogram.layout.maxval, unit: 1)
        tuple.base[plane] = UInt16(truncatingIfNeeded: sample)
      }
      let place = model.coordinates(tuple.base, stride: 1)
      for plane in 0..<model.dimension {
        centroids.position(centroid)[plane] = Int32((place[plane] * unit).rounded())
      }
    }
    return centroids
  }
}

extension Histogram {
  /// The samples of some tuples, one tuple behind the other.
  func samples(of members: some Collection<some BinaryInteger>) throws -> Storage<UInt16> {
    let tuples = try Storage<UInt16>(count: members.count * layout.depth)
    for (index, tuple) in members.enumerated() {
      for plane in 0..<layout.depth {
        tuples.base[index * layout.depth + plane] = samples.base[plane * count + Int(tuple)]
      }
    }
    return tuples
  }
}
