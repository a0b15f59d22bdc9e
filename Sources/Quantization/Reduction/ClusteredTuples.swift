import Clustering
import Memory

/// Selects the tuples of an image that are clustered, converts them to points, and makes the palette and the mapping
/// from a clustering of these points.
struct ClusteredTuples {
  private let histogram: Histogram
  private let setting: ColorSetting
  private let threadCount: Int

  /// The tuples that are clustered; nil is all, each with its pixel count.
  private let selection: TupleSelection?

  private let embedding: any Embedding

  /// The tuples as points; nil if no tuple is clustered.
  private let members: (any EmbeddedTuples)?

  /// The fixed entries of the palette; nil is none.
  private let fixed: Palette?

  /// The positions of fixed entries among the points, distinct and in lexicographic order; nil is none.
  let fixedPositions: Centroids?

  /// The smallest number of colors that a palette of this image can have.
  let leastCount: Int

  /// The points, which are distinct; nil if no tuple is clustered.
  var points: Points? { members?.points }

  /// Number of fixed entries that have no position of their own among the points.
  var reservedCount: Int { (fixed?.count ?? 0) - (fixedPositions?.count ?? 0) }

  /// The factor from squared distances between points to squared distances between their tuples. In a color space other
  /// than that of samples it is an approximation.
  var inertiaScale: Double { embedding.inertiaScale }

  /// Chooses the tuples and embeds them.
  ///
  /// - Parameters:
  ///   - histogram: The image's tuples.
  ///   - setting: The meaning of their planes, and the color space of distances.
  ///   - weights: The weight of each tuple, 0 or more, not all 0; nil is its pixel count.
  ///   - fixed: Colors that have to be in the palette, distinct and in lexicographic order; nil is none.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  init(
    _ histogram: Histogram, in setting: ColorSetting, weights: Storage<Int>?, fixed: Palette?,
    threadCount: Int
  ) throws {
    self.histogram = histogram
    self.setting = setting
    self.threadCount = threadCount
    let isPremultiplied = setting.isPremultiplied
    let usesAll =
      !isPremultiplied && setting.space == .sample && weights == nil && setting.levels == nil
    let weights = weights ?? histogram.weights
    var isOpacityCompared = setting.kind.hasOpacity
    if usesAll {
      selection = nil
      self.fixed = fixed
      leastCount = max(fixed?.count ?? 0, 1)
    } else {
      let selection = try TupleSelection(histogram, weights: weights, isPremultiplied: isPremultiplied)
      let entries = try FixedEntries(fixed, selection, histogram, in: setting)
      self.selection = selection
      self.fixed = entries.palette
      leastCount = entries.leastCount
      // If every color is opaque or fully transparent, opacity is not a coordinate.
      if isPremultiplied && !selection.hasTranslucent && !selection.hasWeightless && !entries.hasTranslucent {
        isOpacityCompared = false
      }
    }
    let clustered = selection?.members
    if setting.space == .sample && setting.levels == nil && !(isPremultiplied && isOpacityCompared) {
      let isOpaque = isPremultiplied
      let planeCount = isOpaque ? setting.kind.colorCount : setting.kind.depth
      let visible = isOpaque ? try self.fixed?.opaque() : self.fixed
      let isGray =
        histogram.isGray(planeCount: planeCount, clustered?.elements)
        && visible?.isGray(planeCount: planeCount) ?? true
      let embedding = SampleEmbedding(histogram.layout, planeCount: planeCount, isGray: isGray)
      fixedPositions = try visible.map { try embedding.positions(of: $0.places()) }
      self.embedding = embedding
    } else {
      let planeCount = setting.kind.colorCount
      let isGray =
        setting.levels?.areEqual(planeCount: planeCount) ?? true
        && histogram.isGray(planeCount: planeCount, clustered?.elements)
        && self.fixed?.isGray(planeCount: planeCount) ?? true
      let embedding = try ColorEmbedding(
        setting.kind, histogram.layout, isGray: isGray, hasOpacity: setting.kind.hasOpacity,
        space: setting.space, opacity: setting.opacity, levels: setting.levels)
      fixedPositions = try self.fixed.map { try embedding.positions(of: $0.places()) }
      self.embedding = embedding
    }
    let isEmpty = clustered?.elements.isEmpty ?? false
    members =
      isEmpty ? nil : try embedding.embed(histogram, clustered, weights: weights, threadCount: threadCount)
  }

  /// The inertia of a clustering, computed on the tuples; nil if it does not follow from that of the points.
  func inertia(_ clustering: Clustering) -> Int128? {
    guard selection == nil, let embedding = embedding as? SampleEmbedding else { return nil }
    return clustering.inertia * Int128(embedding.planesPerCoordinate)
  }

  /// Divides weights by a power of the density around each tuple.
  ///
  /// - Parameters:
  ///   - weights: The weight of each tuple of the histogram, as passed to the initializer.
  ///   - emphasis: The power.
  /// - Returns: The new weights. Those of tuples that are not clustered are unchanged.
  /// - Throws: `OutOfMemory`.
  func emphasized(_ weights: Storage<Int>, _ emphasis: Emphasis) throws -> Storage<Int> {
    guard let members, let points else { return weights }
    let densities = try PointDensities.densities(
      of: AnyPointTree(points, threadCount: threadCount), radius: Emphasis.radius, threadCount: threadCount)
    let emphasized = try Storage<Int>(count: histogram.count)
    emphasized.base.update(from: weights.base, count: histogram.count)
    let total = (0..<points.count).reduce(0) { $0 + points.weights.base[$1] }
    let factors = try Storage<Double>(count: points.count)
    var sum = 0.0
    for point in 0..<points.count {
      let factor = emphasis.factor(density: densities.base[point], of: total)
      factors.base[point] = factor
      sum += factor * Double(points.weights.base[point])
    }
    let scale = Emphasis.scale(total: sum)
    let memberCount = selection?.members.elements.count ?? histogram.count
    for member in 0..<memberCount {
      let tuple = selection.map { Int($0.members.base[member]) } ?? member
      let weight = Double(weights.base[tuple]) * factors.base[members.point(of: member)] * scale
      emphasized.base[tuple] = max(Int(weight.rounded()), weights.base[tuple] > 0 ? 1 : 0)
    }
    return emphasized
  }

  /// Makes the rounding that brings centroids to tuples of the image's layout.
  ///
  /// - Parameters:
  ///   - tree: The points.
  ///   - count: Number of clusters wanted, including those at fixed positions.
  /// - Returns: The rounding; nil rounds to the points' grid.
  /// - Throws: `OutOfMemory`.
  func rounding(_ tree: AnyPointTree, count: Int) throws -> (any Rounding)? {
    try members?.rounding(
      tree, count: count + reservedCount, fixed: fixed?.places(), threadCount: threadCount)
  }

  /// Rounds each point by itself. This is the result if there are no more points than colors are wanted.
  ///
  /// - Parameters:
  ///   - points: All points.
  ///   - rounding: The rounding to tuples.
  /// - Returns: A cluster for each distinct tuple; nil if every sample is allowed, so that points stay where they are.
  /// - Throws: `OutOfMemory`.
  func roundedPoints(_ points: Points, _ rounding: (any Rounding)?) throws -> Clustering? {
    guard setting.levels != nil, let rounding else { return nil }
    return try rounding.clusteringInUse(from: Centroids(points))
  }

  /// Converts colors to centroids from which k-means starts.
  ///
  /// - Parameter start: Colors comparable with those of the image, without the fixed ones.
  /// - Returns: A centroid for each color.
  /// - Throws: `OutOfMemory`.
  func centroids(_ start: UserPalette) throws -> Centroids {
    let entries = try start.mostOpaque(start.count - (fixed?.count ?? 0))
    return try embedding.centroids(count: entries.count) { number, plane, unit in
      start.coordinate(
        plane, of: entries[number], in: setting.kind, maxval: histogram.layout.maxval, unit: unit)
    }
  }

  /// Makes the palette and the mapping of a clustering.
  ///
  /// - Parameter clustering: Clusters of the points; nil is one cluster for each point.
  /// - Returns: The mapping. Its palette is in lexicographic order and has all fixed entries.
  /// - Throws: `OutOfMemory`.
  func mapping(_ clustering: Clustering?) throws -> Mapping {
    guard let selection else {
      guard let clustering else { return Mapping(palette: try Palette(histogram), labels: nil) }
      return Mapping(palette: try palette(of: clustering), labels: clustering.labels)
    }
    let colors = try clustering.map(palette) ?? colorsOfPoints(selection)
    return try Mapping(histogram, selection, colors: colors, fixed: fixed) { member in
      let point = members?.point(of: member) ?? 0
      return clustering?.labels.base[point] ?? UInt32(truncatingIfNeeded: point)
    } nearest: { palette in
      try nearestEntries(palette)
    }
  }

  /// Maps the tuples to the nearest entries of a palette by the tree over their points.
  ///
  /// - Parameters:
  ///   - palette: The entries, distinct and in lexicographic order.
  ///   - tree: Makes the tree over the points.
  /// - Returns: The mapping and its clusters; nil unless the points are all tuples and their coordinates are the
  ///   samples.
  /// - Throws: `OutOfMemory`.
  func mapping(
    onto palette: Palette, tree: (Points) throws -> AnyPointTree
  ) throws -> (Mapping, Clustering)? {
    guard pointsAreTuples, let points else { return nil }
    let clustering = try tree(points).clustering(at: palette.positions(), threadCount: threadCount)
    return (Mapping(palette: palette, labels: clustering.labels), clustering)
  }

  /// Maps the tuples to a palette as `mapping(onto:tree:)`, color by color. This takes less time than a tree, if the
  /// tree would not be used again.
  ///
  /// - Parameters:
  ///   - palette: The entries, distinct and in lexicographic order.
  ///   - search: Finds the nearest of them.
  /// - Returns: The mapping, the pixels of each entry, and the inertia; nil if not every tuple is a point of its own
  ///   samples.
  /// - Throws: `OutOfMemory`.
  func mapping(
    onto palette: Palette, by search: NearestColors
  ) throws -> (Mapping, pixels: Storage<Int>, inertia: Int128)? {
    guard pointsAreTuples else { return nil }
    let labels = try Storage<UInt32>(count: histogram.count, reuse: true)
    let pixels = try Storage<Int>(count: palette.count)
    let inertia =
      switch histogram.layout.depth {
      case 1: assign(labels, pixels, search, 1)
      case 3: assign(labels, pixels, search, 3)
      default: assign(labels, pixels, search, histogram.layout.depth)
      }
    return (Mapping(palette: palette, labels: labels), pixels, inertia)
  }

  /// Finds the nearest entry of each tuple, adds up the pixels of each entry and returns the inertia.
  @inline(__always)
  private func assign(
    _ labels: Storage<UInt32>, _ pixels: Storage<Int>, _ search: NearestColors, _ dimension: Int
  ) -> Int128 {
    var inertia = Int128(0)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: dimension) { color in
      guard let color = color.baseAddress else { return }
      let (samples, weights, count) = (histogram.samples.base, histogram.weights.base, histogram.count)
      let (labels, pixels) = (labels.base, pixels.base)
      // Adding up in 64 bits as long as they suffice takes less time.
      var sum = 0
      for tuple in 0..<count {
        for plane in 0..<dimension {
          color[plane] = Int(samples[plane &* count &+ tuple])
        }
        let entry = search.nearest(to: color, dimension: dimension)
        labels[tuple] = UInt32(truncatingIfNeeded: entry)
        pixels[entry] &+= weights[tuple]
        let square = search.square(entry, color, dimension)
        let (part, overflow) = weights[tuple].multipliedReportingOverflow(by: square)
        let (next, carry) = sum.addingReportingOverflow(part)
        if overflow || carry {
          inertia += Int128(sum) + Int128(weights[tuple]) * Int128(square)
          sum = 0
        } else {
          sum = next
        }
      }
      inertia += Int128(sum)
    }
    return inertia
  }

  /// Whether every tuple is a point whose coordinates are its samples, in the same order.
  private var pointsAreTuples: Bool {
    selection == nil && embedding is SampleEmbedding && embedding.dimension == histogram.layout.depth
      && points?.dimension == histogram.layout.depth
  }

  /// The positions of the colors of a palette that are not fixed.
  ///
  /// - Parameters:
  ///   - palette: Distinct colors of the image's layout.
  ///   - count: Number of colors wanted, fixed ones included.
  /// - Returns: The positions; nil if there are none, or if their number plus that of fixed colors is not `count`.
  /// - Throws: `OutOfMemory`.
  func freeCentroids(of palette: Palette, wanted count: Int) throws -> Centroids? {
    let free = try free(of: palette)
    guard !free.isEmpty, free.count + (fixed?.count ?? 0) == count else { return nil }
    return try centroids(of: palette, free)
  }

  /// The numbers of the colors of a palette that are not fixed.
  private func free(of palette: Palette) throws -> GrowingStorage<Int> {
    // The transparent color is always fixed, but it is not the same color for all images.
    let hasTransparent =
      setting.isPremultiplied && fixed.map { (0..<$0.count).contains(where: $0.isTransparent) } ?? false
    return try GrowingStorage(0..<palette.count) {
      !(hasTransparent && palette.isTransparent($0)) && !isFixed($0, of: palette)
    }
  }

  /// The positions of chosen colors of a palette.
  private func centroids(of palette: Palette, _ free: GrowingStorage<Int>) throws -> Centroids {
    let colors = UserPalette(palette, kind: setting.kind)
    return try embedding.centroids(count: free.count) { number, plane, unit in
      colors.coordinate(
        plane, of: free[number], in: setting.kind, maxval: histogram.layout.maxval, unit: unit)
    }
  }

  /// Replaces each entry that is not fixed by a color of the image: the clustered tuple nearest to the mean of the
  /// entry's points; of equally near ones, the first. An opaque entry is replaced only by an opaque tuple.
  ///
  /// - Parameter mapping: The entries and their tuples.
  /// - Returns: As many entries, distinct and in lexicographic order.
  /// - Throws: `OutOfMemory`.
  func snapped(_ mapping: Mapping) throws -> Palette {
    guard let members, let points else { return mapping.palette }
    let entries = mapping.palette
    let labels = try mapping.labels(of: histogram)
    /// The number of a tuple at a point.
    func tuple(_ point: Int) -> Int {
      let member = members.member(on: point)
      return selection.map { Int($0.members.base[member]) } ?? member
    }
    let medoids = try points.medoids(count: entries.count) { point in
      Int(labels.base[tuple(point)])
    } isEligible: { point in
      !setting.isPremultiplied || !entries.isOpaque(Int(labels.base[tuple(point)]))
        || histogram.opacity(tuple(point)) == entries.layout.maxval
    }
    let snapped = try Palette(layout: entries.layout, count: entries.count)
    for entry in 0..<entries.count {
      snapped.copy(entry, of: entries, to: entry)
      guard medoids.base[entry] >= 0, !isFixed(entry, of: entries) else { continue }
      let own = tuple(medoids.base[entry])
      for plane in 0..<entries.layout.depth {
        snapped.setSample(Int(histogram.samples.base[plane * histogram.count + own]), plane: plane, of: entry)
      }
    }
    return try snapped.reordered(like: snapped)
  }

  /// A palette for dithering: moves the colors that are not fixed so that mixtures come close to the tuples. An opaque color
  /// stays opaque.
  ///
  /// - Parameters:
  ///   - palette: The colors of a clustering of the points.
  ///   - tree: The tree over the points.
  ///   - side: The side of the squares whose means count, see `MixtureDescent`.
  /// - Returns: As many colors, distinct and in lexicographic order.
  /// - Throws: `OutOfMemory`.
  func spread(_ palette: Palette, _ tree: AnyPointTree, side: Int) throws -> Palette {
    let free = try free(of: palette)
    guard !free.isEmpty else { return palette }
    let start = try centroids(of: palette, free).following(fixedPositions)
    let moved = try MixtureDescent.centroids(tree, from: start, side: side, threadCount: threadCount)
    let tuples = try embedding.tuples(nearestTo: moved.withoutFixed()) { palette.isOpaque(free[$0]) }
    let colors = try Palette(tuples, layout: palette.layout)
    var spread = try colors.reordered(like: colors)
    if let fixed { spread = try PaletteUnion(spread, fixed).palette }
    // If colors coincide, those that did not move take their places.
    let missing = palette.count - spread.count
    guard missing > 0 else { return spread }
    let kept = try GrowingStorage(0..<palette.count) { entry in
      spread.number { spread.compare($0, with: entry, of: palette) } == nil
    }
    var rest = try GrowingStorage<Int>()
    for entry in kept.prefix(missing) { try rest.append(entry) }
    return try PaletteUnion(spread, palette.selecting(rest)).palette
  }

  private func isFixed(_ entry: Int, of palette: Palette) -> Bool {
    guard let fixed else { return false }
    return fixed.number { fixed.compare($0, with: entry, of: palette) } != nil
  }

  private func palette(of clustering: Clustering) throws -> Palette {
    try Palette(embedding.tuples(of: clustering), layout: histogram.layout)
  }

  /// A color for each point.
  private func colorsOfPoints(_ selection: TupleSelection) throws -> Palette {
    guard let members else { return try Palette(layout: histogram.layout, count: 0) }
    let numbers = try Storage<UInt32>(count: members.points.count)
    for point in 0..<numbers.elements.count {
      numbers.base[point] = selection.members.base[members.member(on: point)]
    }
    return try Palette(histogram, numbers: numbers)
  }

  /// The number of the nearest entry of a palette for each tuple.
  private func nearestEntries(_ palette: Palette) throws -> Storage<UInt32> {
    guard embedding is SampleEmbedding else {
      return try NearestInSpace(
        palette, setting.kind, histogram, setting.kind, space: setting.space, opacity: setting.opacity
      ).labels(threadCount: threadCount)
    }
    let kind = TupleKind(.planes(histogram.layout.depth), hasOpacity: false)
    return try NearestEntries(palette, kind, histogram, kind).labels(threadCount: threadCount)
  }
}

extension Palette {
  /// The opaque colors, in their order; nil if there is none.
  ///
  /// - Throws: `OutOfMemory`.
  fileprivate func opaque() throws -> Palette? {
    let numbers = try GrowingStorage(0..<count) {
      sample(plane: layout.depth - 1, of: $0) == layout.maxval
    }
    return numbers.isEmpty ? nil : try selecting(numbers)
  }
}
