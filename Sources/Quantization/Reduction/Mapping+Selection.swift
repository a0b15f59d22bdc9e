import Memory

extension Mapping {
  /// Maps the clustered tuples to the colors of their clusters, fully transparent tuples to a transparent entry, and
  /// tuples of weight 0 to the nearest entry.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - selection: The clustered tuples.
  ///   - colors: The colors of the clusters, distinct, in any order.
  ///   - fixed: The fixed entries, distinct and in lexicographic order; nil is none.
  ///   - label: Returns the number of a clustered tuple's color. Its argument is an index into `selection.members`.
  ///   - nearest: Returns, for each tuple, the number of the nearest entry of a palette. It is called only if there are
  ///     tuples of weight 0.
  /// - Throws: `OutOfMemory`.
  init(
    _ histogram: Histogram, _ selection: TupleSelection, colors: Palette, fixed: Palette?,
    label: (Int) -> UInt32,
    nearest: (Palette) throws -> Storage<UInt32>
  ) throws {
    let order = try GrowingStorage(0..<colors.count)
    try order.sort { colors.precedes($0, $1) }
    let sorted = try colors.selecting(order)
    let union = try fixed.map { try PaletteUnion(sorted, $0) }
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
