import Memory

/// The tuples of an image that are clustered.
///
/// Where opacity is premultiplied, all fully transparent tuples are one color, whatever their other samples, and share
/// one entry of the palette. Tuples without weight are not clustered either: they get the nearest entry.
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
  /// - Throws: `OutOfMemory`.
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

extension Histogram {
  /// The samples of some tuples, tuple by tuple.
  ///
  /// - Parameter members: The numbers of the tuples.
  /// - Returns: As many tuples as there are members, in their order.
  /// - Throws: `OutOfMemory`.
  func samples(of members: some Collection<some BinaryInteger>) throws -> Storage<UInt16> {
    let tuples = try Storage<UInt16>(count: members.count * layout.depth)
    for (index, tuple) in members.enumerated() {
      for plane in 0..<layout.depth {
        tuples.base[index * layout.depth + plane] = samples.base[plane * count + Int(tuple)]
      }
    }
    return tuples
  }

  /// Whether tuples have the same sample in all of their first planes.
  ///
  /// - Parameters:
  ///   - planeCount: How many planes.
  ///   - members: The numbers of the tuples; nil is all.
  /// - Returns: Whether they have.
  package func isGray(planeCount: Int, _ members: UnsafeMutableBufferPointer<UInt32>?) -> Bool {
    let samples = self.samples.base
    for plane in 1..<max(planeCount, 1) {
      let planeSamples = samples + plane * count
      if let members {
        for tuple in members where planeSamples[Int(tuple)] != samples[Int(tuple)] { return false }
      } else {
        for tuple in 0..<count where planeSamples[tuple] != samples[tuple] { return false }
      }
    }
    return true
  }
}
