import Clustering
import Memory

/// The palette entries and the tuples of an image as points of the space in which dithering measures errors.
package struct DitherColors {
  /// Number of coordinates of a point, each `0...upperBound`.
  let dimension: Int
  let upperBound: Int

  let entryCount: Int

  /// The coordinates of the palette entries: `p` of entry `i` at `i * dimension + p`.
  let entries: Storage<Int>

  /// The rank of each palette entry from dark to light. Equally dark entries are ranked by number.
  let ranks: Storage<UInt32>

  let tupleCount: Int

  /// The coordinates of the histogram's tuples: `p` of tuple `i` at `p * tupleCount + i`.
  let tuples: Storage<UInt16>

  /// The factor from coordinates to the units of errors, which are fractions of a coordinate.
  static let scale = 16

  /// The palette entries for opaque and fully transparent tuples; nil unless opacity is premultiplied.
  let reserved: ReservedEntries?

  /// Converts the colors and tuples to points.
  ///
  /// Errors are measured in linear light if the color space is linear, otherwise in samples. Oklab is not used, because
  /// its means are neither means of light nor of samples. The points are premultiplied if opacity is.
  ///
  /// - Parameters:
  ///   - palette: The colors, in lexicographic order.
  ///   - histogram: The tuples, in the layout of the palette.
  ///   - setting: The meaning of the planes and the color space.
  /// - Throws: `OutOfMemory`.
  package init(_ palette: Palette, _ histogram: Histogram, in setting: ColorSetting) throws {
    precondition(palette.layout == histogram.layout)
    let isPremultiplied = setting.isPremultiplied
    entryCount = palette.count
    tupleCount = histogram.count
    ranks = try Self.ranks(palette, setting.kind)
    reserved = isPremultiplied ? try ReservedEntries(palette, histogram) : nil
    let positions: Centroids
    if setting.space == .linear || isPremultiplied {
      let planeCount = setting.kind.colorCount
      let embedding = try ColorEmbedding(
        setting.kind, histogram.layout,
        isGray: histogram.isGray(planeCount: planeCount, nil) && palette.isGray(planeCount: planeCount),
        hasOpacity: setting.kind.hasOpacity, space: setting.space == .linear ? .linear : .sample,
        opacity: setting.opacity)
      upperBound = ColorTuples.upperBound
      positions = try embedding.positions(of: palette.places(), dimension: embedding.dimension)
      tuples = try embedding.positions(of: histogram)
    } else {
      upperBound = palette.layout.maxval
      positions = try palette.positions()
      tuples = histogram.samples
    }
    dimension = positions.dimension
    entries = try Storage(count: entryCount * dimension)
    for (index, coordinate) in positions.coordinates.elements.enumerated() {
      entries.base[index] = Int(coordinate)
    }
  }

  /// The rank of each color from dark to light.
  private static func ranks(_ palette: Palette, _ kind: TupleKind) throws -> Storage<UInt32> {
    let order = try PaletteOrder.luminance.numbers(of: palette, kind: kind) { _ in }
    let ranks = try Storage<UInt32>(count: palette.count)
    for place in 0..<palette.count {
      ranks.base[order.base[place]] = UInt32(truncatingIfNeeded: place)
    }
    return ranks
  }
}

extension ColorEmbedding {
  /// The coordinates of the histogram's tuples on the grid of the points, plane by plane.
  fileprivate func positions(of histogram: Histogram) throws -> Storage<UInt16> {
    let positions = try Storage<UInt16>(count: histogram.count * dimension)
    for tuple in 0..<histogram.count {
      let place = onGrid(coordinates(histogram.samples.base + tuple, stride: histogram.count))
      for plane in 0..<dimension {
        positions.base[plane * histogram.count + tuple] = place[plane]
      }
    }
    return positions
  }
}
