/// Which tuples of an image are clustered.
///
/// Where opacity is premultiplied, fully transparent tuples are one color, whatever is written in their other planes,
/// and have an entry of the palette to themselves. Tuples without weight get the nearest of what the others made.
struct TupleSelection {
  /// The numbers of the tuples that are clustered, in the histogram's order.
  let members: Storage<UInt32>

  /// The lexicographically first of the fully transparent tuples that have weight; nil if there are none, or if opacity
  /// does not matter.
  let transparent: Int?

  /// Whether there are tuples that are clustered and not opaque, and whether there are opaque ones, as far as that
  /// matters.
  let hasTranslucent: Bool
  let hasOpaque: Bool

  /// Whether there are tuples without weight.
  let hasWeightless: Bool

  private let isPremultiplied: Bool

  /// - Parameters:
  ///   - histogram: The image's tuples.
  ///   - weights: What each counts for, 0 or more; nil is something.
  ///   - isPremultiplied: Whether the last plane is opacity that is premultiplied.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(_ histogram: Histogram, weights: Storage<Int>? = nil, isPremultiplied: Bool) throws {
    self.isPremultiplied = isPremultiplied
    let opacities = histogram.samples.base + (histogram.layout.depth - 1) * histogram.count
    var chosen = try GrowingStorage<UInt32>()
    var transparent: Int?
    var hasTranslucent = false
    var hasOpaque = false
    var hasWeightless = false
    for tuple in 0..<histogram.count {
      guard weights.map({ $0.base[tuple] > 0 }) ?? true else {
        hasWeightless = true
        continue
      }
      if isPremultiplied && opacities[tuple] == 0 {
        if transparent.map({ histogram.precedes(tuple, $0) }) ?? true { transparent = tuple }
      } else {
        let isOpaque = Int(opacities[tuple]) == histogram.layout.maxval
        hasTranslucent = hasTranslucent || isPremultiplied && !isOpaque
        hasOpaque = hasOpaque || isPremultiplied && isOpaque
        try chosen.append(UInt32(truncatingIfNeeded: tuple))
      }
    }
    members = try chosen.stored()
    self.transparent = transparent
    self.hasTranslucent = hasTranslucent
    self.hasOpaque = hasOpaque
    self.hasWeightless = hasWeightless
  }

  /// Whether a tuple is fully transparent, where that matters.
  func isTransparent(_ tuple: Int, of histogram: Histogram) -> Bool {
    isPremultiplied && histogram.samples.base[(histogram.layout.depth - 1) * histogram.count + tuple] == 0
  }
}
