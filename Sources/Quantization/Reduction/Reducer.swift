import Clustering
import Memory

/// Reduces one image to different numbers of colors. Data that do not depend on the number are computed once.
package final class Reducer {
  private let histogram: Histogram
  private let settings: KMeansSettings
  private let progress: (Int, Int) -> Void
  private let setting: ColorSetting
  private let pixelCount: Int
  private let weights: Storage<Int>?
  private let emphasis: Double
  private let start: UserPalette?
  private let fixed: Palette?
  private let snaps: Bool
  private let mixtureSide: Int?
  private let measure: ((Mapping) throws -> Int128)?

  /// The clustered tuples, the tree over their points, and their weights; nil until they are needed for the first time.
  private var knownTuples: ClusteredTuples?
  private var knownTree: AnyPointTree?
  private var knownWeights: Storage<Int>?

  /// - Parameters:
  ///   - histogram: The image's colors.
  ///   - setting: The meaning of their planes, and the color space of distances.
  ///   - settings: The settings of k-means; the number of clusters is ignored.
  ///   - weights: The weight of each tuple, 0 or more, not all 0; nil is its pixel count.
  ///   - emphasis: The exponent of `Emphasis`, 0 to 1.
  ///   - start: Colors to start from, comparable with the image's; nil starts as the settings say.
  ///   - fixed: Colors of the image's layout that have to be in every palette, distinct and in lexicographic order. The
  ///     number of colors includes them. Nil is none.
  ///   - snaps: Whether palette entries have to be colors of the image, see `snapped`.
  ///   - mixtureSide: The side of the squares whose means a dither has to reproduce, see `MixtureDescent`; nil is no dither.
  ///   - measure: Measures the inertia of a mapping on the pixels, which is needed if similar colors were merged; nil
  ///     computes it from the histogram.
  ///   - progress: Called repeatedly with the number of the run, from 1, and its number of iterations so far.
  package init(
    _ histogram: Histogram, in setting: ColorSetting, settings: KMeansSettings, weights: Storage<Int>? = nil,
    emphasis: Double = 0, start: UserPalette? = nil, fixed: Palette? = nil,
    snaps: Bool = false, mixtureSide: Int? = nil,
    measure: ((Mapping) throws -> Int128)? = nil,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) {
    precondition(setting.kind.depth == histogram.layout.depth)
    self.histogram = histogram
    self.setting = setting
    self.settings = settings
    self.progress = progress
    self.start = start
    self.fixed = fixed
    self.snaps = snaps
    self.mixtureSide = mixtureSide
    self.weights = weights
    self.emphasis = emphasis
    self.measure = measure
    pixelCount = histogram.pixelCount
  }

  /// Checks that a palette of `count` colors is possible.
  ///
  /// - Throws: What `reduction(to:)` throws.
  package func check(_ count: Int) throws {
    if try unreduced(count) == nil { _ = try tuples(for: count) }
  }

  /// The clustered tuples, after a check that `count` colors are enough for them.
  private func tuples(for count: Int) throws -> ClusteredTuples {
    let tuples = try tuples()
    guard count >= tuples.leastCount else {
      throw TooFewColors(count: count, leastCount: tuples.leastCount)
    }
    return tuples
  }

  /// Reduces the image to a number of colors. If its own and the fixed colors together are no more, all are kept.
  ///
  /// - Parameter count: At least 1, and no fewer than there are fixed colors.
  /// - Returns: The reduction. It does not depend on earlier calls.
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  package func reduction(to count: Int) throws -> Reduction {
    try reduction(to: count, from: nil)
  }

  /// Reduces the image to a number of colors, with a search that starts from a palette.
  ///
  /// - Parameters:
  ///   - count: At least 1, and no fewer than there are fixed colors.
  ///   - palette: Colors of the image's layout. If fixed colors are missing, or if there are not `count` colors, the
  ///     search starts as usual, as it does for nil.
  /// - Returns: The reduction.
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  func reduction(to count: Int, from palette: Palette?) throws -> Reduction {
    if let unreduced = try unreduced(count) { return unreduced }
    let tuples = try tuples(for: count)
    let clusterCount = count - tuples.reservedCount
    let fixed = tuples.fixedPositions
    guard let points = tuples.points else { return try reduction(nil, of: tuples, wantedCount: count) }
    guard points.count(notOn: fixed) > clusterCount - (fixed?.count ?? 0) else {
      let rounded = try tuples.roundedPoints(points, tuples.rounding(tree(points), count: clusterCount))
      return try reduction(rounded, of: tuples, wantedCount: count)
    }
    var settings = self.settings
    settings.clusterCount = clusterCount
    let tree = try tree(points)
    let rounding = try tuples.rounding(tree, count: clusterCount)
    let kMeans = KMeans(settings)
    let clustering =
      if let palette, let centroids = try tuples.freeCentroids(of: palette, wanted: count) {
        try kMeans.search(tree, from: centroids, fixed: fixed, rounding: rounding, progress: progress)
      } else {
        try kMeans.cluster(
          tree, from: start.map(tuples.centroids), fixed: fixed, rounding: rounding, progress: progress)
      }
    let reduction = try reduction(clustering, of: tuples, wantedCount: count)
    if let mixtureSide {
      let palette = try tuples.spread(reduction.palette, tree, side: mixtureSide)
      return try self.reduction(onto: palette, wantedCount: count, clustering: clustering).0
    }
    return snaps ? try snapped(reduction, clustering, of: tuples) : reduction
  }

  /// Replaces each entry that is not fixed by the color of the image with the lowest inertia in its place, and repeats
  /// that for the new clusters as long as inertia falls.
  private func snapped(
    _ reduction: Reduction, _ clustering: Clustering, of tuples: ClusteredTuples
  ) throws -> Reduction {
    var best: Reduction?
    var mapping = reduction.mapping
    while true {
      let (next, _) = try self.reduction(
        onto: tuples.snapped(mapping), wantedCount: reduction.wantedCount, clustering: clustering)
      if let best, next.distortion.inertia >= best.distortion.inertia { return best }
      mapping = next.mapping
      best = next
    }
  }

  /// Maps the image to a palette.
  ///
  /// - Parameters:
  ///   - palette: Colors of the image's layout and kind, distinct and in lexicographic order.
  ///   - wantedCount: Number of colors asked for.
  ///   - clustering: The clustering that led to the palette; nil if there was none.
  ///   - search: Finds the nearest colors of the palette by their samples; nil uses the tree.
  /// - Returns: The reduction, and the number of pixels of each color, which may be 0.
  /// - Throws: `OutOfMemory`.
  func reduction(
    onto palette: Palette, wantedCount: Int?, clustering: Clustering? = nil, by search: NearestColors? = nil
  ) throws -> (Reduction, pixels: Storage<Int>) {
    var source = clustering
    source?.course?.isOptimal = false
    let mapping: Mapping
    let pixels: Storage<Int>
    var inertia: Int128?
    if let found = try search.flatMap({ try tuples().mapping(onto: palette, by: $0) }) {
      (mapping, pixels, inertia) = found
    } else if let (own, clustering) = try tuples().mapping(onto: palette, tree: tree) {
      mapping = own
      pixels = try Storage(count: palette.count)
      for entry in 0..<palette.count {
        pixels.base[entry] = clustering.weight(entry)
      }
      inertia = clustering.inertia
    } else {
      mapping = try UserPalette(palette, kind: setting.kind)
        .map(histogram, in: setting, threadCount: settings.threadCount)
      pixels = try mapping.pixelCounts(of: histogram)
    }
    let measured = try measure?(mapping) ?? inertia ?? mapping.inertia(of: histogram, in: setting)
    let reduction = Reduction(
      wantedCount: wantedCount, mapping: mapping, clustering: source, distortion: distortion(measured))
    return (reduction, pixels)
  }

  /// The number of pixels of each color of a reduction of this image.
  ///
  /// - Throws: `OutOfMemory`.
  func pixelCounts(_ reduction: Reduction) throws -> Storage<Int> {
    try reduction.mapping.pixelCounts(of: histogram)
  }

  /// Whether all fully transparent colors count as one color.
  var mergesTransparent: Bool { setting.isPremultiplied }

  /// Whether the image has at most `count` colors.
  func fits(_ count: Int) -> Bool { histogram.count <= count && hasOnlyLevels }

  /// Whether palette colors may have all samples of the image.
  private var hasOnlyLevels: Bool {
    guard let levels = setting.levels else { return true }
    return (0..<histogram.layout.depth).allSatisfy { plane in
      (0..<histogram.count).allSatisfy {
        levels.contains(Int(histogram.samples.base[plane * histogram.count + $0]), plane: plane)
      }
    }
  }

  /// Whether a palette has an opaque color if the image has one, and a transparent color if the image has one. True if
  /// opacity is not premultiplied.
  func hasOpacities(_ palette: Palette) -> Bool {
    guard setting.isPremultiplied else { return true }
    let (tuples, entries) = (0..<histogram.count, 0..<palette.count)
    return
      (entries.contains(where: palette.isOpaque)
      || !tuples.contains { histogram.opacity($0) == histogram.layout.maxval })
      && (entries.contains(where: palette.isTransparent) || !tuples.contains { histogram.opacity($0) == 0 })
  }

  /// The weighted sums of each entry's tuples, with the weights of the clustering.
  ///
  /// - Throws: `OutOfMemory`.
  func weightedSums(_ mapping: Mapping) throws -> WeightedSums {
    try WeightedSums(mapping, histogram, weights: clusteredWeights())
  }

  /// A mapping of this image with its palette in another order.
  ///
  /// - Throws: `OutOfMemory`.
  func sorted(_ mapping: Mapping, _ order: PaletteOrder) throws -> Mapping {
    try mapping.sorted(order, of: histogram, kind: setting.kind)
  }

  /// A reduction that keeps all colors of the image; nil if they and the fixed ones together are more than `count`.
  private func unreduced(_ count: Int) throws -> Reduction? {
    guard fits(count) else { return nil }
    let own = Mapping(palette: try Palette(histogram), labels: nil)
    guard let fixed else {
      return Reduction(wantedCount: count, mapping: own, clustering: nil, distortion: distortion(0))
    }
    let union = try PaletteUnion(own.palette, fixed)
    guard union.palette.count <= count else { return nil }
    let labels = try own.labels(of: histogram)
    for index in 0..<histogram.count {
      labels.base[index] = union.numbers.base[Int(labels.base[index])]
    }
    return Reduction(
      wantedCount: count, mapping: Mapping(palette: union.palette, labels: labels, isIdentity: true),
      clustering: nil,
      distortion: distortion(0))
  }

  /// Reduces the image to the fewest colors that reach a peak signal-to-noise ratio.
  ///
  /// - Parameters:
  ///   - decibels: The ratio, 0 or more.
  ///   - ceiling: The maximum number of colors, at least 1.
  /// - Returns: A reduction that reaches the ratio, while the reduction to one color less does not. If no allowed
  ///   number of colors reaches the ratio, the reduction to `ceiling` colors.
  /// - Throws: `OutOfMemory`.
  package func reduction(reaching decibels: Double, ceiling: Int) throws -> Reduction {
    let limit = Distortion.meanSquaredError(decibels: decibels, planeCount: errorMeasure.planeCount)
    let whole = try fixed.map { try PaletteUnion(Palette(histogram), $0).palette.count } ?? histogram.count
    var search = ColorCountSearch(limit: limit, floor: try tuples().leastCount, ceiling: min(ceiling, whole))
    if whole <= ceiling && hasOnlyLevels {
      search.note(whole, meanSquaredError: 0)
    }
    var best: Reduction?
    while let count = search.next {
      let reduction = try reduction(to: count)
      search.note(count, meanSquaredError: reduction.distortion.meanSquaredError)
      if search.result == count {
        best = reduction
      }
    }
    return try best ?? reduction(to: search.result)
  }

  /// Reduces the image to the modes of its colors' density.
  ///
  /// - Parameter bandwidth: The radius of a neighborhood, on the scale 0...1 of samples.
  /// - Returns: The reduction to as many colors as there are modes.
  /// - Throws: `OutOfMemory`.
  package func reduction(toModes bandwidth: Double) throws -> Reduction {
    let tuples = try tuples()
    guard let points = tuples.points else { return try reduction(nil, of: tuples, wantedCount: nil) }
    let tree = try tree(points)
    let clustering = try MeanShift(bandwidth: bandwidth, threadCount: settings.threadCount)
      .cluster(tree, rounding: tuples.rounding(tree, count: points.count))
    return try reduction(clustering, of: tuples, wantedCount: nil)
  }

  /// The factor from the inertia of points, as in a course's history, to that of tuples; an approximation in some color
  /// spaces.
  ///
  /// - Throws: `OutOfMemory`.
  package func inertiaScale() throws -> Double { try tuples().inertiaScale }

  private func reduction(
    _ clustering: Clustering?, of tuples: ClusteredTuples, wantedCount: Int?
  ) throws -> Reduction {
    let mapping = try tuples.mapping(clustering)
    let inertia =
      try measure?(mapping) ?? clustering.flatMap(tuples.inertia)
      ?? mapping.inertia(of: histogram, in: setting)
    return Reduction(
      wantedCount: wantedCount, mapping: mapping, clustering: clustering, distortion: distortion(inertia))
  }

  private func tuples() throws -> ClusteredTuples {
    let tuples =
      try knownTuples
      ?? ClusteredTuples(
        histogram, in: setting, weights: emphasis > 0 ? clusteredWeights() : weights, fixed: fixed,
        threadCount: settings.threadCount)
    knownTuples = tuples
    return tuples
  }

  /// The weight of each tuple for the clustering, with small areas emphasized.
  private func clusteredWeights() throws -> Storage<Int> {
    let weights = self.weights ?? histogram.weights
    guard emphasis > 0 else { return weights }
    let emphasized =
      try knownWeights
      ?? ClusteredTuples(
        histogram, in: setting, weights: weights, fixed: fixed, threadCount: settings.threadCount
      ).emphasized(weights, Emphasis(emphasis))
    knownWeights = emphasized
    return emphasized
  }

  private func tree(_ points: Points) throws -> AnyPointTree {
    let tree = try knownTree ?? AnyPointTree(points, threadCount: settings.threadCount)
    knownTree = tree
    return tree
  }

  private func distortion(_ inertia: Int128) -> Distortion {
    Distortion(
      inertia: inertia, pixelCount: pixelCount, layout: histogram.layout, measure: errorMeasure)
  }

  private var errorMeasure: ErrorMeasure { ErrorMeasure(setting, histogram.layout) }
}
