import Clustering
import Memory

/// The nearest colors of a palette in a color space, for the tuples of an image, whatever their maxvals.
///
/// Where opacity is premultiplied, opaque tuples get opaque colors, if the palette has any.
struct NearestInSpace {
  private let palette: Palette
  private let histogram: Histogram
  private let imageEmbedding: ColorEmbedding
  private let paletteEmbedding: ColorEmbedding

  /// - Parameters:
  ///   - palette: The colors.
  ///   - kind: What their planes mean: gray or RGB.
  ///   - histogram: The tuples.
  ///   - image: What their planes mean, comparable with the palette's.
  ///   - space: Where distances are taken.
  ///   - opacity: What the palette's opacity means.
  /// - Throws: `OutOfMemory`.
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
    imageEmbedding = try ColorEmbedding(
      image, histogram.layout, isGray: isGray, hasOpacity: kind.hasOpacity, space: space, opacity: opacity)
    paletteEmbedding = try ColorEmbedding(
      kind, palette.layout, isGray: isGray, hasOpacity: kind.hasOpacity, space: space, opacity: opacity)
  }

  /// Finds the nearest color of each tuple, of equals the first.
  ///
  /// - Parameter threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The colors' numbers.
  /// - Throws: `OutOfMemory`.
  func labels(threadCount: Int) throws -> Storage<UInt32> {
    let members = try imageEmbedding.embedded(histogram, threadCount: threadCount)
    let tree = try PointTree<Double>(members.points, threadCount: threadCount)
    let clustering = try members.rounding(tree, count: palette.count, fixed: nil, threadCount: threadCount)
      .clustering(palette.places(), of: paletteEmbedding)
    let labels = try Storage<UInt32>(count: histogram.count)
    for tuple in 0..<histogram.count {
      labels.base[tuple] = clustering.labels.base[members.point(of: tuple)]
    }
    return labels
  }
}
