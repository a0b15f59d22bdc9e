import Clustering
import Memory

/// The colors of a palette and the tuples of an image as points of the space that dithers take errors in.
package struct DitherColors {
  /// Coordinates of a point, each `0...upperBound`.
  let dimension: Int
  let upperBound: Int

  let entryCount: Int

  /// The entries of the palette, one behind the other.
  let entries: Storage<Int>

  /// For each entry where it stands among all from dark to light; equals by their numbers.
  let ranks: Storage<UInt32>

  let tupleCount: Int

  /// The tuples of the histogram, coordinate by coordinate: `p` of tuple `i` at `p * tupleCount + i`.
  let tuples: Storage<UInt16>

  /// What coordinates are multiplied by, for errors to be in fractions.
  static let scale = 16

  /// The entries that tuples of some kinds have to get; nil where every tuple may get every entry.
  let reserved: ReservedEntries?

  /// Takes places in a color space, or samples, for coordinates: errors are made up for in the space where distances
  /// are taken, but for Oklab, whose means are not those of light or of samples; and premultiplied where that is asked
  /// for.
  ///
  /// - Parameters:
  ///   - palette: The colors, in lexicographic order.
  ///   - histogram: The tuples, in the layout of the palette.
  ///   - setting: What their planes mean, and where distances are taken.
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

  /// Where each color stands from dark to light.
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
  /// Where the tuples of a histogram are on the grid of the points, coordinate by coordinate.
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
