/// Reduces the colors of one image, as often as wanted: what does not depend on their number is made once.
package final class Reducer {
  /// What colors are and how their distances are taken.
  package struct Setting: Sendable {
    /// What the planes mean.
    package var kind: TupleKind

    /// Where distances are taken; anywhere but in the samples for gray and RGB only.
    package var space = ColorSpace.sample

    /// What opacity means, where there is one.
    package var opacity = OpacityModel.premultiplied

    package init(kind: TupleKind) {
      self.kind = kind
    }
  }

  private let histogram: Histogram
  private let settings: KMeansSettings
  private let progress: (Int, Int) -> Void
  private let setting: Setting
  private let pixelCount: Int
  private let weights: Storage<Int>?
  private let start: GivenPalette?

  /// The points with their tree, once they have been wanted.
  private var grownSpace: (any PointSpace)?
  private var grownForest: PointForest?

  /// - Parameters:
  ///   - histogram: The image's colors.
  ///   - setting: What they mean.
  ///   - settings: How they are clustered; the number of clusters does not count.
  ///   - weights: What each tuple counts for, 0 or more but not 0 for all; nil is its pixels.
  ///   - start: Colors to start from, comparable with the image's; nil is what the settings say.
  ///   - progress: Called now and then with the number of a run, from 1, and of its iterations so far.
  package init(
    _ histogram: Histogram, in setting: Setting, settings: KMeansSettings, weights: Storage<Int>? = nil,
    start: GivenPalette? = nil, progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) {
    precondition(setting.kind.depth == histogram.layout.depth)
    self.histogram = histogram
    self.setting = setting
    self.settings = settings
    self.progress = progress
    self.start = start
    self.weights = weights
    pixelCount = histogram.pixelCount
  }

  /// Reduces the image to a number of colors, or to those that it has if they are no more.
  ///
  /// - Parameter count: At least 1.
  /// - Returns: The same whatever else was asked for before.
  /// - Throws: `QuantizationError`: there is no room for a transparent color beside others, or memory.
  package func reduction(to count: Int) throws -> Reduction {
    guard count < histogram.count else {
      return Reduction(
        wantedCount: count, mapping: Mapping(palette: try Palette(histogram), labels: nil), clustering: nil,
        distortion: distortion(0))
    }
    let space = try space()
    let clusterCount = count - space.reservedCount
    guard let points = space.points, points.count > clusterCount else {
      return try reduction(nil, of: space, wantedCount: count)
    }
    guard clusterCount >= 1 else { throw QuantizationError.tooFewColors(count) }
    var settings = self.settings
    settings.clusterCount = clusterCount
    let forest = try forest(points)
    let clustering = try KMeans(settings).cluster(
      forest, from: start.map { try space.centroids($0, image: setting.kind) },
      rounding: space.rounding(forest, count: clusterCount), progress: progress)
    return try reduction(clustering, of: space, wantedCount: count)
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
    let least = ceiling < histogram.count ? try space().reservedCount + 1 : 1
    var search = ColorCountSearch(limit: limit, floor: least, ceiling: min(ceiling, histogram.count))
    if histogram.count <= ceiling {
      search.note(histogram.count, meanSquaredError: 0)
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
    let space = try space()
    guard let points = space.points else { return try reduction(nil, of: space, wantedCount: nil) }
    let forest = try forest(points)
    let clustering = try MeanShift(bandwidth: bandwidth, threadCount: settings.threadCount)
      .cluster(forest, rounding: space.rounding(forest, count: points.count))
    return try reduction(clustering, of: space, wantedCount: nil)
  }

  /// How many times the inertia on the way to a clustering is that on the tuples, as far as they can be compared.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package func inertiaScale() throws -> Double { try space().inertiaScale }

  private func reduction(
    _ clustering: Clustering?, of space: any PointSpace, wantedCount: Int?
  ) throws -> Reduction {
    let mapping = try space.mapping(clustering)
    let inertia = try clustering.flatMap(space.inertia) ?? mapping.inertia(of: histogram)
    return Reduction(
      wantedCount: wantedCount, mapping: mapping, clustering: clustering, distortion: distortion(inertia))
  }

  private func space() throws -> any PointSpace {
    let space = try grownSpace ?? makeSpace()
    grownSpace = space
    return space
  }

  private func makeSpace() throws -> any PointSpace {
    let isPremultiplied = setting.kind.hasOpacity && setting.opacity == .premultiplied
    guard isPremultiplied || setting.space != .sample || weights != nil else { return SampleSpace(histogram) }
    let weights = self.weights ?? histogram.weights
    let selection = try TupleSelection(histogram, weights: weights, isPremultiplied: isPremultiplied)
    // Where every color is opaque or not there at all, opacity is no part of it.
    let isBinary = !selection.hasTranslucent && !selection.hasWeightless
    if setting.space == .sample && (!isPremultiplied || isBinary) {
      return try SampleSpace(
        histogram, selection, weights: weights,
        planeCount: isPremultiplied ? setting.kind.colorCount : setting.kind.depth,
        threadCount: settings.threadCount)
    }
    return try WorkingSpace(
      histogram, selection, weights: weights, in: setting, threadCount: settings.threadCount)
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
