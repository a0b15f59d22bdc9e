/// Reduces the colors of one image, as often as wanted: what does not depend on their number is made once.
package final class Reducer {
  private let histogram: Histogram
  private let settings: KMeansSettings
  private let progress: (Int, Int) -> Void
  private let space: SampleSpace
  private let pixelCount: Int
  private let start: (palette: GivenPalette, image: TupleKind)?
  private let fixed: Palette?

  /// The points with their tree, once they have been wanted.
  private var grown: PointForest?

  /// - Parameters:
  ///   - histogram: The image's colors.
  ///   - settings: How they are clustered; the number of clusters does not count.
  ///   - start: Colors to start from, and what the planes of the image mean; nil is what the settings say.
  ///   - fixed: Colors of the image's own layout that have to be in every palette, distinct and in lexicographic
  ///     order, and count; nil is none.
  ///   - progress: Called now and then with the number of a run, from 1, and of its iterations so far.
  package init(
    _ histogram: Histogram, settings: KMeansSettings,
    start: (palette: GivenPalette, image: TupleKind)? = nil, fixed: Palette? = nil,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) {
    self.histogram = histogram
    self.settings = settings
    self.progress = progress
    self.start = start
    self.fixed = fixed
    space = SampleSpace(histogram, fixed: fixed)
    pixelCount = histogram.pixelCount
  }

  /// Reduces the image to a number of colors, or to those that it has, with the fixed ones, if they are no more.
  ///
  /// - Parameter count: At least 1, and no fewer than there are fixed colors.
  /// - Returns: The same whatever else was asked for before.
  /// - Throws: `QuantizationError.outOfMemory`.
  package func reduction(to count: Int) throws -> Reduction {
    if let unreduced = try unreduced(count) { return unreduced }
    var settings = self.settings
    settings.clusterCount = count
    let centroids = try start.map { try space.centroids($0.palette, image: $0.image) }
    let clustering = try KMeans(settings).cluster(
      forest(), from: centroids, fixed: fixed.map(space.positions), progress: progress)
    return Reduction(
      wantedCount: count, palette: try space.palette(clustering), clustering: clustering,
      distortion: distortion(clustering.inertia * Int128(space.inertiaScale)))
  }

  /// The image with all its colors, if they and the fixed ones are together no more than `count`.
  private func unreduced(_ count: Int) throws -> Reduction? {
    guard count >= histogram.count else { return nil }
    let own = try Palette(histogram)
    guard let fixed else {
      return Reduction(wantedCount: count, palette: own, clustering: nil, distortion: distortion(0))
    }
    precondition(fixed.count <= count)
    let union = try PaletteUnion(own, fixed)
    guard union.palette.count <= count else { return nil }
    let labels = try Mapping(palette: own, labels: nil).labels(of: histogram)
    for index in 0..<histogram.count {
      labels.base[index] = union.numbers.base[Int(labels.base[index])]
    }
    return Reduction(
      wantedCount: count, palette: union.palette, clustering: nil, ownLabels: labels,
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
    var search = ColorCountSearch(limit: limit, ceiling: min(ceiling, histogram.count))
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
    let clustering = try MeanShift(bandwidth: bandwidth, threadCount: settings.threadCount).cluster(forest())
    return Reduction(
      wantedCount: nil, palette: try space.palette(clustering), clustering: clustering,
      distortion: distortion(clustering.inertia * Int128(space.inertiaScale)))
  }

  /// The inertia of each color of a clustering of this image's colors, on the tuples.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package func inertias(_ clustering: Clustering) throws -> [Int128] {
    try clustering.inertias(of: forest().points).map { $0 * Int128(space.inertiaScale) }
  }

  /// How many times a clustering's inertia that of the tuples is.
  package var inertiaScale: Int { space.inertiaScale }

  private func forest() throws -> PointForest {
    let forest = try grown ?? PointForest(space.points(), threadCount: settings.threadCount)
    grown = forest
    return forest
  }

  private func distortion(_ inertia: Int128) -> Distortion {
    Distortion(inertia: inertia, pixelCount: pixelCount, layout: histogram.layout)
  }
}
