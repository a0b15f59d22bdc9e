/// Reduces the colors of one image, as often as wanted: what does not depend on their number is made once.
package final class Reducer {
  private let histogram: Histogram
  private let settings: KMeansSettings
  private let progress: (Int, Int) -> Void
  private let setting: ColorSetting
  private let pixelCount: Int
  private let weights: Storage<Int>?
  private let start: GivenPalette?
  private let fixed: Palette?
  private let measure: ((Mapping) throws -> Int128)?

  /// What colors are as points, and the points with their tree, once they have been wanted.
  private var grownSpace: (space: any PointSpace, leastCount: Int)?
  private var grownForest: PointForest?

  /// - Parameters:
  ///   - histogram: The image's colors.
  ///   - setting: What they mean.
  ///   - settings: How they are clustered; the number of clusters does not count.
  ///   - weights: What each tuple counts for, 0 or more but not 0 for all; nil is its pixels.
  ///   - start: Colors to start from, comparable with the image's; nil is what the settings say.
  ///   - fixed: Colors of the image's own layout that have to be in every palette, distinct and in lexicographic
  ///     order, and count; nil is none.
  ///   - measure: Adds up the inertia of a mapping where the colors do not tell: they may stand for others that are near;
  ///     nil is where they do.
  ///   - progress: Called now and then with the number of a run, from 1, and of its iterations so far.
  package init(
    _ histogram: Histogram, in setting: ColorSetting, settings: KMeansSettings, weights: Storage<Int>? = nil,
    start: GivenPalette? = nil, fixed: Palette? = nil, measure: ((Mapping) throws -> Int128)? = nil,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) {
    precondition(setting.kind.depth == histogram.layout.depth)
    self.histogram = histogram
    self.setting = setting
    self.settings = settings
    self.progress = progress
    self.start = start
    self.fixed = fixed
    self.weights = weights
    self.measure = measure
    pixelCount = histogram.pixelCount
  }

  /// Looks whether there can be so many colors.
  ///
  /// - Throws: What `reduction(to:)` throws.
  package func check(_ count: Int) throws {
    if try unreduced(count) == nil { _ = try space(for: count) }
  }

  /// What colors are as points, where so many do.
  private func space(for count: Int) throws -> any PointSpace {
    let (space, leastCount) = try space()
    guard count >= leastCount else { throw QuantizationError.tooFewColors(count, needed: leastCount) }
    return space
  }

  /// Reduces the image to a number of colors, or to those that it has, with the fixed ones, if they are no more.
  ///
  /// - Parameter count: At least 1, and no fewer than there are fixed colors.
  /// - Returns: The same whatever else was asked for before.
  /// - Throws: `QuantizationError`: there are too few colors for the fixed ones, a transparent and an opaque one, or
  ///   there is no memory.
  package func reduction(to count: Int) throws -> Reduction {
    if let unreduced = try unreduced(count) { return unreduced }
    let space = try space(for: count)
    let clusterCount = count - space.reservedCount
    guard let points = space.points,
      points.count(notOn: space.pinned) > clusterCount - (space.pinned?.count ?? 0)
    else {
      return try reduction(nil, of: space, wantedCount: count)
    }
    var settings = self.settings
    settings.clusterCount = clusterCount
    let forest = try forest(points)
    let clustering = try KMeans(settings).cluster(
      forest, from: start.map { try space.centroids($0, image: setting.kind) }, fixed: space.pinned,
      rounding: space.rounding(forest, count: clusterCount), progress: progress)
    return try reduction(clustering, of: space, wantedCount: count)
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

  /// Looks for the number of colors that it takes to reach a peak signal-to-noise ratio.
  ///
  /// - Parameters:
  ///   - decibels: The ratio, 0 or more.
  ///   - ceiling: Colors at the most, at least 1.
  /// - Returns: A reduction that reaches the ratio, where that to one color less does not; if that to `ceiling`
  ///   colors does not reach it, that one.
  /// - Throws: `QuantizationError.outOfMemory`.
  package func reduction(reaching decibels: Double, ceiling: Int) throws -> Reduction {
    let limit = Distortion.meanSquaredError(decibels: decibels, depth: histogram.layout.depth)
    let whole = try fixed.map { try PaletteUnion(Palette(histogram), $0).palette.count } ?? histogram.count
    var search = ColorCountSearch(limit: limit, floor: try space().leastCount, ceiling: min(ceiling, whole))
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
  /// - Parameter bandwidth: How far the neighborhood of a color reaches, on the 0...1 scale of samples.
  /// - Returns: The modes, however many.
  /// - Throws: `QuantizationError.outOfMemory`.
  package func reduction(toModes bandwidth: Double) throws -> Reduction {
    let space = try space().space
    guard let points = space.points else { return try reduction(nil, of: space, wantedCount: nil) }
    let forest = try forest(points)
    let clustering = try MeanShift(bandwidth: bandwidth, threadCount: settings.threadCount)
      .cluster(forest, rounding: space.rounding(forest, count: points.count))
    return try reduction(clustering, of: space, wantedCount: nil)
  }

  /// How many times the inertia on the way to a clustering is that on the tuples, as far as they can be compared.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package func inertiaScale() throws -> Double { try space().space.inertiaScale }

  private func reduction(
    _ clustering: Clustering?, of space: any PointSpace, wantedCount: Int?
  ) throws -> Reduction {
    let mapping = try space.mapping(clustering)
    let inertia =
      try measure?(mapping) ?? clustering.flatMap(space.inertia)
      ?? mapping.inertia(of: histogram, in: setting)
    return Reduction(
      wantedCount: wantedCount, mapping: mapping, clustering: clustering, distortion: distortion(inertia))
  }

  /// What colors are as points, and the least number of colors there has to be.
  private func space() throws -> (space: any PointSpace, leastCount: Int) {
    let space = try grownSpace ?? makeSpace()
    grownSpace = space
    return space
  }

  private func makeSpace() throws -> (space: any PointSpace, leastCount: Int) {
    let isPremultiplied = setting.isPremultiplied
    guard isPremultiplied || setting.space != .sample || weights != nil else {
      return (try SampleSpace(histogram, required: fixed), max(fixed?.count ?? 0, 1))
    }
    let weights = self.weights ?? histogram.weights
    let selection = try TupleSelection(histogram, weights: weights, isPremultiplied: isPremultiplied)
    let required = try RequiredColors(fixed, selection, histogram, isPremultiplied: isPremultiplied)
    // Where every color is opaque or not there at all, opacity is no part of it.
    let isBinary = !selection.hasTranslucent && !selection.hasWeightless && !required.hasTranslucent
    guard setting.space == .sample && (!isPremultiplied || isBinary) else {
      let space = try WorkingSpace(
        histogram, selection, weights: weights, required: required.palette, in: setting,
        threadCount: settings.threadCount)
      return (space, required.leastCount)
    }
    let space = try SampleSpace(
      histogram, selection, weights: weights, required: required.palette,
      planeCount: isPremultiplied ? setting.kind.colorCount : setting.kind.depth,
      threadCount: settings.threadCount)
    return (space, required.leastCount)
  }

  private func forest(_ points: Points) throws -> PointForest {
    let forest = try grownForest ?? PointForest(points, threadCount: settings.threadCount)
    grownForest = forest
    return forest
  }

  private func distortion(_ inertia: Int128) -> Distortion {
    Distortion(inertia: inertia, pixelCount: pixelCount, layout: histogram.layout)
  }
}
