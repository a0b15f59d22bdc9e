import Memory

/// Chooses the palettes of successive frames of a video, so that each palette is derived from the one before.
///
/// Entries keep their numbers. The palette does not change while the picture hardly changes, see `isStill`. At a cut,
/// see `isCut`, the search does not use the last palette. Otherwise the search starts from the last palette, and an
/// entry changes only if that lowers the error noticeably, see `hysteresis`.
package final class Tracker {
  /// Number of colors wanted.
  private let count: Int

  /// The last frame; nil before the first.
  private var last: Frame?

  /// The palette of a frame, and the values that the next frame is compared with.
  private struct Frame {
    /// The palette, by the numbers of its entries.
    var palette: Palette
    /// Inertia divided by the number of pixels, in sample steps squared.
    var error: Double
    /// The error when the palette last changed.
    var settledError: Double
    /// For each entry, its fraction of the pixels when the palette last changed.
    var settledShares: [Double]
    /// Number of frames for which the palette has stayed.
    var age = 0
    /// Finds the nearest colors of the palette; nil until the palette has stayed for more than `patience` frames. While
    /// the palette stays, this takes less time than a tree over the colors of each frame.
    var search: NearestColors?
  }

  /// - Parameter count: Number of colors, at least 1.
  package init(count: Int) {
    self.count = count
  }

  /// Reduces the next frame.
  ///
  /// - Parameters:
  ///   - reducer: The frame. All frames have the same layout and kind.
  ///   - order: The order of the entries in the first palette, and in the first palette after a cut.
  /// - Returns: The reduction, whose palette is written in the order of numbers. Some entries may have no pixels.
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  package func reduction(of reducer: Reducer, order: PaletteOrder) throws -> Reduction {
    guard let last else { return try begin(reducer, order) }
    let unchanged = try NumberedPalette(last.palette)
    let (reduction, pixels) = try reducer.reduction(
      onto: unchanged.sorted, wantedCount: count, by: last.search)
    let (error, shares) = measure(reduction, pixels, unchanged)
    let isExact = reduction.distortion.inertia == 0 || !reducer.fits(count)
    if isExact && reducer.hasOpacities(unchanged.sorted) && isStill(error, shares, last) {
      self.last?.error = error
      self.last?.age += 1
      if last.age == Self.patience { self.last?.search = try unchanged.sorted.nearestColors() }
      return reduction.ordered(unchanged.order)
    }
    if isCut(error, shares, last) { return try begin(reducer, order) }
    let goal = try reducer.reduction(to: count, from: last.palette)
    let palette = try PaletteSuccession(last.palette, goal.mapping, reducer).palette(
      hysteresis: Self.hysteresis)
    let numbered = try NumberedPalette(palette)
    let (next, nextPixels) = try reducer.reduction(
      onto: numbered.sorted, wantedCount: count, clustering: goal.clustering)
    return keep(numbered, palette, next, nextPixels)
  }

  /// Reduces a frame independently of the frames before it.
  private func begin(_ reducer: Reducer, _ order: PaletteOrder) throws -> Reduction {
    let reduction = try reducer.reduction(to: count)
    let palette = try reducer.sorted(reduction.mapping, order).palette
    return try keep(NumberedPalette(palette), palette, reduction, reducer.pixelCounts(reduction))
  }

  /// Remembers a frame with a new palette.
  private func keep(
    _ numbered: NumberedPalette, _ palette: Palette, _ reduction: Reduction, _ pixels: Storage<Int>
  ) -> Reduction {
    let (error, shares) = measure(reduction, pixels, numbered)
    last = Frame(palette: palette, error: error, settledError: error, settledShares: shares)
    return reduction.ordered(numbered.order)
  }

  /// The error of a frame, and the fraction of the pixels of each entry, by number.
  private func measure(
    _ reduction: Reduction, _ pixels: Storage<Int>, _ numbered: NumberedPalette
  ) -> (error: Double, shares: [Double]) {
    let total = Double(reduction.distortion.pixelCount)
    let shares = numbered.order.elements.map { Double(pixels.base[$0]) / total }
    return (Double(reduction.distortion.inertia) / total, shares)
  }

  /// Whether the last palette can be used again. Since it was chosen, its error has risen by at most 2 %, the fractions
  /// of the pixels have changed by at most 2 % (see `difference`), and no entry has become empty that had more than 2 %
  /// of the mean number of pixels.
  private func isStill(_ error: Double, _ shares: [Double], _ last: Frame) -> Bool {
    let little = 0.02 / Double(shares.count)
    return error <= 1.02 * last.settledError && Self.difference(shares, last.settledShares) <= 0.02
      && zip(shares, last.settledShares).allSatisfy { $0 > 0 || $1 <= little }
  }

  /// Whether this is another scene. The error of the last palette is more than twice that on the last frame, and the
  /// fractions of the pixels have changed by more than a half (see `difference`).
  private func isCut(_ error: Double, _ shares: [Double], _ last: Frame) -> Bool {
    error > 2 * last.error && Self.difference(shares, last.settledShares) > 0.5
  }

  /// The smallest fraction of pixels that have changed entries between two distributions: half the sum of the absolute
  /// differences.
  private static func difference(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }

  /// Number of frames for which a palette has to stay before a search for its colors is made. Where palettes change more
  /// often, the search would cost more time than it saves.
  private static let patience = 2

  /// An entry changes if that lowers inertia by more than this fraction of the mean inertia of an entry. All entries
  /// that do not change raise the error by at most this fraction.
  private static let hysteresis = 0.02
}

/// A palette with numbered entries, sorted in lexicographic order.
private struct NumberedPalette {
  let sorted: Palette
  /// For each number, the index of its entry in `sorted`.
  let order: Storage<Int>

  init(_ palette: Palette) throws {
    let numbers = try GrowingStorage(0..<palette.count)
    try numbers.sort { palette.precedes($0, $1) }
    sorted = try palette.selecting(numbers)
    order = try Storage(count: palette.count)
    for (place, number) in numbers.enumerated() {
      order.base[number] = place
    }
  }
}
