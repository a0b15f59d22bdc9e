/// Colors of a palette that is being made, in lexicographic order, no two of them at the same place of a color space,
/// unless they are fixed, or one is opaque and that matters.
struct GamutColors {
  let palette: Palette

  /// Where they are on the grid of the working points.
  let positions: Centroids

  private let model: ColorModel

  /// Those that are there whatever the points.
  private let fixedFlags: Storage<Bool>

  var count: Int { palette.count }

  /// - Parameters:
  ///   - fixed: Colors that are there whatever the points; nil is none.
  ///   - others: Colors, of which those at the place of a fixed one, or of an earlier one, are left out.
  ///   - model: The space.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(_ fixed: Palette?, _ others: Palette, _ model: ColorModel) throws {
    self.model = model
    let fixedCount = fixed?.count ?? 0
    let all = try Palette(layout: model.layout, count: fixedCount + others.count)
    if let fixed {
      for entry in 0..<fixedCount {
        all.copy(entry, of: fixed, to: entry)
      }
    }
    for entry in 0..<others.count {
      all.copy(entry, of: others, to: fixedCount + entry)
    }
    let places = try model.positions(of: all)
    func compare(_ first: Int, _ second: Int) -> Int {
      let order = places.compare(first, second)
      let opacities = (model.isOpaque(all, first), model.isOpaque(all, second))
      return order != 0 || opacities.0 == opacities.1 ? order : opacities.0 ? -1 : 1
    }
    let byPlace = try GrowingStorage(0..<all.count)
    try byPlace.sort { first, second in
      let order = compare(first, second)
      if order != 0 { return order < 0 }
      let isFixed = (first < fixedCount, second < fixedCount)
      return isFixed.0 != isFixed.1 ? isFixed.0 : all.precedes(first, second)
    }
    var kept = try GrowingStorage<Int>()
    for entry in byPlace where entry < fixedCount || kept.last.map({ compare($0, entry) != 0 }) ?? true {
      try kept.append(entry)
    }
    try kept.sort { all.precedes($0, $1) }
    palette = try all.selecting(kept)
    positions = try places.selecting(kept)
    fixedFlags = try Storage(count: kept.count)
    for (entry, number) in kept.enumerated() {
      fixedFlags.base[entry] = number < fixedCount
    }
  }

  /// The colors of a palette as they are.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  init(_ palette: Palette, _ model: ColorModel) throws {
    self.palette = palette
    self.model = model
    positions = try model.positions(of: palette)
    fixedFlags = try Storage(count: palette.count)
  }

  private init(_ colors: GamutColors, selecting numbers: GrowingStorage<Int>) throws {
    model = colors.model
    palette = try colors.palette.selecting(numbers)
    positions = try colors.positions.selecting(numbers)
    fixedFlags = try Storage(count: numbers.count)
    for (entry, number) in numbers.enumerated() {
      fixedFlags.base[entry] = colors.fixedFlags.base[number]
    }
  }

  /// Whether a color is there whatever the points.
  func isFixed(_ entry: Int) -> Bool { fixedFlags.base[entry] }

  /// Whether a color shows itself alone, where that matters.
  func isOpaque(_ entry: Int) -> Bool { model.isOpaque(palette, entry) }

  /// The numbers of the opaque ones.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func opaque() throws -> GrowingStorage<Int> { try GrowingStorage(0..<count, where: isOpaque) }

  /// The fixed colors and those that have points.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func withoutVacant(_ clustering: Clustering) throws -> GamutColors {
    let used = try GrowingStorage(0..<count) { isFixed($0) || clustering.weight($0) > 0 }
    return used.count == count ? self : try GamutColors(self, selecting: used)
  }
}

extension ColorModel {
  /// Whether a color of a palette is opaque where that matters.
  func isOpaque(_ palette: Palette, _ entry: Int) -> Bool {
    isOpaque(palette.sample(plane: layout.depth - 1, of: entry))
  }

  /// Where colors are on the grid of the working points.
  func positions(of palette: Palette) throws -> Centroids {
    let positions = try Centroids(count: palette.count, dimension: dimension, fractionBits: 0)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: layout.depth) { samples in
      guard let base = samples.baseAddress else { return }
      for entry in 0..<palette.count {
        for plane in 0..<layout.depth {
          samples[plane] = UInt16(truncatingIfNeeded: palette.sample(plane: plane, of: entry))
        }
        let place = onGrid(coordinates(base, stride: 1))
        for plane in 0..<dimension {
          positions.position(entry)[plane] = Int32(place[plane])
        }
      }
    }
    return positions
  }
}
