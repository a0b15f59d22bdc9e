extension Mapping {
  /// Puts together what becomes of the selected tuples and of the others.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - selection: Those that were clustered.
  ///   - colors: Their colors, all different, in any order.
  ///   - required: Colors that have to be there as well, distinct and in lexicographic order; nil is none.
  ///   - label: The number of the color of each selected tuple, by its number among these.
  ///   - nearest: The nearest colors of the palette, for each tuple its number; asked for if there are tuples without
  ///     weight.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ histogram: Histogram, _ selection: TupleSelection, colors: Palette, required: Palette?,
    label: (Int) -> UInt32,
    nearest: (Palette) throws -> Storage<UInt32>
  ) throws {
    let order = try GrowingStorage(0..<colors.count)
    try order.sort { colors.precedes($0, $1) }
    let sorted = try colors.selecting(order)
    let union = try required.map { try PaletteUnion(sorted, $0) }
    let palette = union?.palette ?? sorted
    let places = try Storage<UInt32>(count: colors.count)
    for (place, color) in order.enumerated() {
      places.base[color] = union?.numbers.base[place] ?? UInt32(truncatingIfNeeded: place)
    }
    let labels: Storage<UInt32>
    if selection.hasWeightless {
      labels = try nearest(palette)
    } else {
      labels = try Storage(count: histogram.count)
    }
    if selection.transparent != nil {
      let place = (0..<palette.count).first(where: palette.isTransparent) ?? 0
      for tuple in 0..<histogram.count where selection.isTransparent(tuple, of: histogram) {
        labels.base[tuple] = UInt32(truncatingIfNeeded: place)
      }
    }
    for (index, tuple) in selection.members.elements.enumerated() {
      labels.base[Int(tuple)] = places.base[Int(label(index))]
    }
    self.init(palette: palette, labels: labels)
  }
}
