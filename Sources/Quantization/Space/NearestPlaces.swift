/// The nearest colors of a palette in a color space, for the tuples of an image, whatever their maxvals.
///
/// Where opacity is premultiplied, opaque tuples get opaque colors, if the palette has any.
struct NearestPlaces {
  private let palette: Palette
  private let histogram: Histogram
  private let imageModel: ColorModel
  private let paletteModel: ColorModel

  /// - Parameters:
  ///   - palette: The colors.
  ///   - kind: What their planes mean: gray or RGB.
  ///   - histogram: The tuples.
  ///   - image: What their planes mean, comparable with the palette's.
  ///   - space: Where distances are taken.
  ///   - opacity: What the palette's opacity means.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ palette: Palette, _ kind: TupleKind, _ histogram: Histogram, _ image: TupleKind, space: ColorSpace,
    opacity: OpacityModel
  ) throws {
    self.palette = palette
    self.histogram = histogram
    let isPremultiplied = kind.hasOpacity && opacity == .premultiplied
    let visible = try TupleSelection(histogram, isPremultiplied: isPremultiplied && image.hasOpacity).members
    let isVisible = { !isPremultiplied || !palette.isTransparent($0) }
    let isGray =
      palette.isGray(planeCount: kind.colorCount, counting: isVisible)
      && histogram.isGray(planeCount: image.colorCount, visible.elements)
    imageModel = try ColorModel(
      image, histogram.layout, isGray: isGray, hasOpacity: kind.hasOpacity, space: space, opacity: opacity)
    paletteModel = try ColorModel(
      kind, palette.layout, isGray: isGray, hasOpacity: kind.hasOpacity, space: space, opacity: opacity)
  }

  /// Finds the nearest color of each tuple, of equals the first.
  ///
  /// - Parameter threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The colors' numbers.
  /// - Throws: `QuantizationError.outOfMemory`.
  func labels(threadCount: Int) throws -> Storage<UInt32> {
    let ones = try Storage<Int>(count: histogram.count)
    ones.elements.update(repeating: 1)
    let tuples = try histogram.samples(of: 0..<histogram.count)
    let working = try WorkingPoints(imageModel, tuples: tuples, weights: ones, threadCount: threadCount)
    let rounding = try GamutRounding(
      working, tree: PointTree(working.points, threadCount: threadCount), tuples: tuples,
      count: palette.count, fixed: nil, threadCount: threadCount)
    let clustering = try rounding.clustering(GamutColors(palette, paletteModel))
    let labels = try Storage<UInt32>(count: histogram.count)
    for tuple in 0..<histogram.count {
      labels.base[tuple] = clustering.labels.base[Int(working.numbers.base[tuple])]
    }
    return labels
  }
}
