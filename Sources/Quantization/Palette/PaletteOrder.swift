import Memory

/// The order of the colors in a palette. Colors that compare equal stay in lexicographic order.
package enum PaletteOrder: String, Sendable, CaseIterable {
  /// Lexicographic order: by the first sample, then the second, and so on.
  case rgb
  /// Darkest first. RGB is compared by the luma of ITU-R BT.601, all other colors by the sum of their samples without
  /// opacity.
  case luminance
  /// Colors with the most pixels first.
  case count
  /// Fully transparent colors first.
  case transparent

  /// The numbers of a palette's colors in this order.
  ///
  /// - Parameters:
  ///   - palette: Colors in lexicographic order.
  ///   - kind: The meaning of their planes.
  ///   - weigh: Adds the pixel count of each color to an array of zeros; called for `count` only.
  /// - Returns: For each place in the order, the number of its color.
  /// - Throws: `OutOfMemory`.
  func numbers(
    of palette: Palette, kind: TupleKind, weigh: (UnsafeMutablePointer<Int>) -> Void
  ) throws -> Storage<Int> {
    let numbers = try Storage<Int>(count: palette.count)
    let keys = try Storage<Int>(count: palette.count)
    for entry in 0..<palette.count {
      numbers.base[entry] = entry
    }
    switch self {
    case .rgb: return numbers
    case .luminance:
      for entry in 0..<palette.count {
        keys.base[entry] = Self.luma(palette, kind, entry)
      }
    case .transparent:
      for entry in 0..<palette.count {
        keys.base[entry] = kind.hasOpacity && palette.isTransparent(entry) ? 0 : 1
      }
    case .count:
      weigh(keys.base)
      for entry in 0..<palette.count {
        keys.base[entry] = -keys.base[entry]
      }
    }
    try sortByMerging(numbers.elements) { keys.base[$0] < keys.base[$1] }
    return numbers
  }

  private static func luma(_ palette: Palette, _ kind: TupleKind, _ entry: Int) -> Int {
    let shares = kind.color == .rgb ? [299, 587, 114] : [Int](repeating: 1, count: kind.colorCount)
    return shares.enumerated().reduce(0) { $0 + $1.element * palette.sample(plane: $1.offset, of: entry) }
  }
}
