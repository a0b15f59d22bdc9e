import Memory

/// Selects the tuples of an image that are clustered.
///
/// Tuples of weight 0 are not clustered; they get the nearest palette entry. If opacity is premultiplied, fully
/// transparent tuples are not clustered either. They all count as one color and share one palette entry.
struct TupleSelection {
  /// The numbers of the clustered tuples, in the histogram's order.
  let members: Storage<UInt32>

  /// The lexicographically first of the fully transparent tuples with a weight above 0.
  ///
  /// It is nil if there are none, or if opacity is not premultiplied.
  let transparent: Int?

  /// Whether translucent and opaque tuples are clustered. Both are false if opacity is not premultiplied.
  let hasTranslucent: Bool
  let hasOpaque: Bool

  /// Whether the image has tuples of weight 0.
  let hasWeightless: Bool

  private let isPremultiplied: Bool

  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - weights: The weight of each tuple, 0 or more; nil means that all weights are above 0.
  ///   - isPremultiplied: Whether the last plane is opacity and opacity is premultiplied.
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

  /// Whether a tuple is fully transparent; false if opacity is not premultiplied.
  func isTransparent(_ tuple: Int, of histogram: Histogram) -> Bool {
    isPremultiplied && histogram.samples.base[(histogram.layout.depth - 1) * histogram.count + tuple] == 0
  }
}

extension Histogram {
  /// The samples of some tuples, tuple by tuple.
  ///
  /// - Parameter members: The numbers of the tuples.
  /// - Returns: `layout.depth` samples for each member, in the order of the members.
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

  /// Whether the first `planeCount` samples of each tuple are equal.
  ///
  /// - Parameters:
  ///   - planeCount: Number of planes.
  ///   - members: The numbers of the tuples to check; nil is all.
  /// - Returns: True if they are equal in every tuple.
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
