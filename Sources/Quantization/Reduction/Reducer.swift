import Clustering
import Memory

/// Reduces the colors of one image, any number of times. What does not depend on the number of colors is computed once.
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
  private let measure: ((Mapping) throws -> Int128)?

  /// The clustered tuples and the tree over their points, once they have been asked for.
  private var knownTuples: ClusteredTuples?
  private var knownTree: AnyPointTree?
  private var knownWeights: Storage<Int>?

  /// - Parameters:
  ///   - histogram: The image's colors.
  ///   - setting: What they mean.
  ///   - settings: The settings of k-means; the number of clusters is ignored.
  ///   - weights: The weight of each tuple, 0 or more but not 0 for all; nil is its pixel count.
  ///   - emphasis: The power of the density around a tuple that divides its weight, 0 to 1; see `Emphasis`.
  ///   - start: Colors to start from, comparable with the image's; nil starts as the settings say.
  ///   - fixed: Colors of the image's own layout that have to be in every palette, distinct and in lexicographic
  ///     order, and count; nil is none.
  ///   - snaps: Whether palette entries have to be colors of the image, see `snapped`.
  ///   - measure: Measures the inertia of a mapping on the pixels, needed if tuples stand for merged colors; nil computes
  ///     it from the histogram.
  ///   - progress: Called repeatedly with the number of the run, from 1, and its number of iterations so far.
  package init(
    _ histogram: Histogram, in setting: ColorSetting, settings: KMeansSettings, weights: Storage<Int>? = nil,
    emphasis: Double = 0, start: UserPalette? = nil, fixed: Palette? = nil,
    snaps: Bool = false,
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
    self.weights = weights
    self.emphasis = emphasis
    self.measure = measure
    pixelCount = histogram.pixelCount
  }

  /// Checks that a palette of so many colors is possible.
  ///
  /// - Throws: What `reduction(to:)` throws.
  package func check(_ count: Int) throws {
    if try unreduced(count) == nil { _ = try tuples(for: count) }
  }

  /// The clustered tuples, if so many colors are enough for them.
  private func tuples(for count: Int) throws -> ClusteredTuples {
    let tuples = try tuples()
    guard count >= tuples.leastCount else {
      throw TooFewColors(count: count, leastCount: tuples.leastCount)
    }
    return tuples
  }

  /// Reduces the image to a number of colors. If its own colors and the fixed ones are together no more, it keeps them.
  ///
  /// - Parameter count: At least 1, and no fewer than there are fixed colors.
  /// - Returns: The reduction; earlier calls do not influence it.
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  package func reduction(to count: Int) throws -> Reduction {
    try reduction(to: count, from: nil)
  }

  /// Reduces the image to a number of colors, with a search that starts from a palette.
  ///
  /// - Parameters:
  ///   - count: At least 1, and no fewer than there are fixed colors.
  ///   - palette: Colors of the image's own layout. If they do not have all fixed colors, or are not `count`, the search
  ///     starts as usual; nil does the same.
  /// - Returns: The reduction.
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  func reduction(to count: Int, from palette: Palette?) throws -> Reduction {
    if let unreduced = try unreduced(count) { return unreduced }
    let tuples = try tuples(for: count)
    let clusterCount = count - tuples.reservedCount
    let fixed = tuples.fixedPositions
    guard let points = tuples.points, points.count(notOn: fixed) > clusterCount - (fixed?.count ?? 0) else {
      return try reduction(nil, of: tuples, wantedCount: count)
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
    return snaps ? try snapped(reduction, clustering, of: tuples) : reduction
  }

  /// Replaces each entry that is not fixed by the image's own color that costs least in its place, and repeats that for the
  /// new clusters as long as the inertia falls.
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
  ///   - palette: Colors of the image's own layout and kind, distinct and in lexicographic order.
  ///   - wantedCount: Number of colors asked for.
  ///   - clustering: The clustering that led to the palette; nil if there was none.
  /// - Returns: The reduction, and the number of pixels of each color, which may be 0.
  /// - Throws: `OutOfMemory`.
  func reduction(
    onto palette: Palette, wantedCount: Int?, clustering: Clustering? = nil
  ) throws -> (Reduction, pixels: Storage<Int>) {
    var source = clustering
    source?.course?.isOptimal = false
    let mapping: Mapping
    let pixels: Storage<Int>
    var inertia: Int128?
    if let (own, clustering) = try tuples().mapping(onto: palette, tree: tree) {
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

  /// Whether all fully transparent colors are one.
  var mergesTransparent: Bool { setting.isPremultiplied }

  /// Whether the image has at most `count` colors.
  func fits(_ count: Int) -> Bool { histogram.count <= count }

  /// Whether a palette has an opaque color if the image has one, and a transparent one if the image has one, as far as
  /// opacity is premultiplied.
  func hasOpacities(_ palette: Palette) -> Bool {
    guard setting.isPremultiplied else { return true }
    let (tuples, entries) = (0..<histogram.count, 0..<palette.count)
    return
      (entries.contains(where: palette.isOpaque)
      || !tuples.contains { histogram.opacity($0) == histogram.layout.maxval })
      && (entries.contains(where: palette.isTransparent) || !tuples.contains { histogram.opacity($0) == 0 })
  }

  /// The sums of each entry by the weights that are clustered.
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

  /// The image with all its colors, if they and the fixed ones are together no more than `count`.
  private func unreduced(_ count: Int) throws -> Reduction? {
    guard count >= histogram.count else { return nil }
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
  /// - Returns: A reduction that reaches the ratio while that to one color less does not. If no allowed number of colors
  ///   reaches it, the reduction to `ceiling` colors.
  /// - Throws: `OutOfMemory`.
  package func reduction(reaching decibels: Double, ceiling: Int) throws -> Reduction {
    let limit = Distortion.meanSquaredError(decibels: decibels, planeCount: errorMeasure.planeCount)
    let whole = try fixed.map { try PaletteUnion(Palette(histogram), $0).palette.count } ?? histogram.count
    var search = ColorCountSearch(limit: limit, floor: try tuples().leastCount, ceiling: min(ceiling, whole))
    if whole <= ceiling {
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
