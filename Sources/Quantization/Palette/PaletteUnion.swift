import Memory

/// The union of two palettes.
struct PaletteUnion {
  /// The distinct colors of both palettes, in lexicographic order.
  let palette: Palette

  /// For each color of the first palette, its number in the union.
  let numbers: Storage<UInt32>

  /// Merges two palettes of the same layout, each with distinct colors in lexicographic order.
  ///
  /// - Throws: `OutOfMemory`.
  init(_ first: Palette, _ second: Palette) throws {
    precondition(first.layout == second.layout)
    numbers = try Storage(count: first.count)
    let count = Self.merge(first, second) { _, _, _ in }
    let all = try Palette(layout: first.layout, count: count)
    let numbers = self.numbers
    Self.merge(first, second) { palette, entry, place in
      if palette === first {
        numbers.base[entry] = UInt32(truncatingIfNeeded: place)
      }
      all.copy(entry, of: palette, to: place)
    }
    palette = all
  }

  /// Calls `body` once for each color of the union, in order, and returns the number of colors.
  ///
  /// The arguments of `body` are a palette that has the color (the first palette if both do), the number of the color
  /// in that palette, and its number in the union.
  @discardableResult
  private static func merge(_ first: Palette, _ second: Palette, _ body: (Palette, Int, Int) -> Void) -> Int {
    var next = (first: 0, second: 0)
    var count = 0
    while next.first < first.count || next.second < second.count {
      var order = next.first < first.count ? -1 : 1
      if next.first < first.count && next.second < second.count {
        order = first.compare(next.first, with: next.second, of: second)
      }
      if order <= 0 {
        body(first, next.first, count)
      } else {
        body(second, next.second, count)
      }
      next.first += order <= 0 ? 1 : 0
      next.second += order >= 0 ? 1 : 0
      count += 1
    }
    return count
  }
}
