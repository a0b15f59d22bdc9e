import Clustering
import Memory

/// Finds the nearest colors of a palette in a color space. The palette and the image may have different maxvals.
///
/// If opacity is premultiplied, opaque tuples get opaque colors, provided that the palette has any.
struct NearestInSpace {
  private let palette: Palette
  private let histogram: Histogram
  private let imageEmbedding: ColorEmbedding
  private let paletteEmbedding: ColorEmbedding

  /// - Parameters:
  ///   - palette: The colors.
  ///   - kind: The meaning of the palette's planes, gray or RGB.
  ///   - histogram: The tuples of the image.
  ///   - image: The meaning of the image's planes, comparable with the palette's.
  ///   - space: The color space of distances.
  ///   - opacity: The meaning of the palette's opacity.
  /// - Throws: `OutOfMemory`.
  init(
    _ palette: Palette, _ kind: TupleKind, _ histogram: Histogram, _ image: TupleKind, space: ColorSpace,
    opacity: OpacityModel
  ) throws {
    self.palette = palette
    self.histogram = histogram
    let isPremultiplied = kind.hasOpacity && opacity.isPremultiplied
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

  /// Finds the nearest color of each tuple; among equally near colors, the first.
  ///
  /// - Parameter threadCount: Maximum number of threads, at least 1.
  /// - Returns: For each tuple, the number of its color.
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
