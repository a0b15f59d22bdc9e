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

  /// Takes samples for coordinates.
  ///
  /// - Parameters:
  ///   - palette: The colors, in lexicographic order.
  ///   - histogram: The tuples, in the layout of the palette.
  ///   - kind: What their planes mean.
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ palette: Palette, _ histogram: Histogram, kind: TupleKind) throws {
    precondition(palette.layout == histogram.layout)
    dimension = palette.layout.depth
    upperBound = palette.layout.maxval
    entryCount = palette.count
    entries = try Storage(count: palette.count * dimension)
    for entry in 0..<palette.count {
      for plane in 0..<dimension {
        entries.base[entry * dimension + plane] = palette.sample(plane: plane, of: entry)
      }
    }
    let order = try PaletteOrder.luminance.numbers(of: palette, kind: kind) { _ in }
    ranks = try Storage(count: palette.count)
    for place in 0..<palette.count {
      ranks.base[order.base[place]] = UInt32(truncatingIfNeeded: place)
    }
    tupleCount = histogram.count
    tuples = histogram.samples
  }
}
