extension Mapping {
  /// Puts together what becomes of the selected tuples and of the others.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - selection: Those that were clustered.
  ///   - colors: Their colors, all different, in any order; perhaps the fully transparent one among them.
  ///   - label: The number of the color of each selected tuple, by its number among these.
  ///   - nearest: The nearest colors of the palette, for each tuple its number; asked for if there are tuples without
  ///     weight.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ histogram: Histogram, _ selection: TupleSelection, colors: Palette, label: (Int) -> UInt32,
    nearest: (Palette) throws -> Storage<UInt32>
  ) throws {
    let colors = try colors.including(selection.transparent, of: histogram)
    let order = (0..<colors.count).sorted { colors.precedes($0, $1) }
    let palette = try colors.selecting(order)
    let places = try Storage<UInt32>(count: colors.count)
    for (place, color) in order.enumerated() {
      places.base[color] = UInt32(truncatingIfNeeded: place)
    }
    let labels: Storage<UInt32>
    if selection.hasWeightless {
      labels = try nearest(palette)
    } else {
      labels = try Storage(count: histogram.count)
    }
    if let transparent = selection.transparent {
      let place = (0..<palette.count).first { palette.isEqual($0, transparent, of: histogram) } ?? 0
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

extension Palette {
  /// These colors and a tuple behind them, if there is one and it is not among them.
  fileprivate func including(_ tuple: Int?, of histogram: Histogram) throws -> Palette {
    guard let tuple, !(0..<count).contains(where: { isEqual($0, tuple, of: histogram) }) else { return self }
    let palette = try Palette(layout: layout, count: count + 1)
    for entry in 0..<count {
      palette.copy(entry, of: self, to: entry)
    }
    for plane in 0..<layout.depth {
      let sample = histogram.samples.base[plane * histogram.count + tuple]
      palette.setSample(Int(sample), plane: plane, of: count)
    }
    return palette
  }

  /// Whether a color is a tuple of a histogram.
  fileprivate func isEqual(_ entry: Int, _ tuple: Int, of histogram: Histogram) -> Bool {
    (0..<layout.depth).allSatisfy {
      sample(plane: $0, of: entry) == Int(histogram.samples.base[$0 * histogram.count + tuple])
    }
  }
}
