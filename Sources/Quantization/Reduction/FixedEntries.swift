import Memory

/// The fixed entries of a palette: the colors that the user fixes, and a transparent one if the image needs it.
struct FixedEntries {
  /// The entries, distinct and in lexicographic order; nil is none.
  let palette: Palette?

  /// Whether some entries are neither opaque nor transparent; false if opacity is not premultiplied.
  let hasTranslucent: Bool

  /// The smallest number of colors that a palette can have: that of the fixed entries and, if some tuples cannot use
  /// them, one more.
  let leastCount: Int

  /// - Parameters:
  ///   - fixed: The colors that the user fixes, distinct and in lexicographic order; nil is none.
  ///   - selection: The tuples that are clustered.
  ///   - histogram: All tuples.
  ///   - setting: The meaning of the planes, and the samples that the transparent color may have.
  /// - Throws: `OutOfMemory`.
  init(
    _ fixed: Palette?, _ selection: TupleSelection, _ histogram: Histogram, in setting: ColorSetting
  ) throws {
    let isPremultiplied = setting.isPremultiplied
    let (last, maxval) = (histogram.layout.depth - 1, histogram.layout.maxval)
    let opacities = (0..<(fixed?.count ?? 0)).lazy.map { entry in
      isPremultiplied ? fixed?.sample(plane: last, of: entry) ?? 0 : maxval
    }
    hasTranslucent = opacities.contains { $0 != 0 && $0 != maxval }
    var palette = fixed
    if let tuple = selection.transparent, !opacities.contains(0) {
      let numbers = try Storage<UInt32>(count: 1)
      numbers.base[0] = UInt32(truncatingIfNeeded: tuple)
      let transparent = try Palette(histogram, numbers: numbers)
      if let levels = setting.levels {
        for plane in 0..<last {
          let sample = transparent.sample(plane: plane, of: 0)
          transparent.setSample(Int(levels.nearest(Double(sample), plane: plane)), plane: plane, of: 0)
        }
      }
      palette = try fixed.map { try PaletteUnion($0, transparent).palette } ?? transparent
    }
    self.palette = palette
    let isEnough =
      selection.hasOpaque
      ? opacities.contains(maxval) : selection.members.elements.isEmpty || opacities.contains { $0 > 0 }
    leastCount = max((palette?.count ?? 0) + (isEnough ? 0 : 1), 1)
  }
}
