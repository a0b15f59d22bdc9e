import Memory

/// The palette entries that opaque and fully transparent tuples may have, so that dithering keeps them opaque and
/// transparent.
struct ReservedEntries {
  /// The numbers of the opaque entries or, if no entry is opaque, of all entries.
  let opaque: Storage<UInt32>

  /// The number of the first fully transparent entry; nil if no entry is.
  let transparent: Int?

  private let opacities: UnsafeMutablePointer<UInt16>
  private let maxval: Int
  private let histogram: Histogram

  /// - Parameters:
  ///   - palette: The colors; their last plane is opacity.
  ///   - histogram: The tuples, in the layout of the palette.
  /// - Throws: `OutOfMemory`.
  init(_ palette: Palette, _ histogram: Histogram) throws {
    self.histogram = histogram
    let maxval = palette.layout.maxval
    self.maxval = maxval
    let last = palette.layout.depth - 1
    opacities = histogram.samples.base + last * histogram.count
    transparent = (0..<palette.count).first(where: palette.isTransparent)
    let hasOpaque = (0..<palette.count).contains { palette.sample(plane: last, of: $0) == maxval }
    var numbers = try GrowingStorage<UInt32>()
    for entry in 0..<palette.count where !hasOpaque || palette.sample(plane: last, of: entry) == maxval {
      try numbers.append(UInt32(truncatingIfNeeded: entry))
    }
    opaque = try numbers.stored()
  }

  /// Whether a tuple is opaque.
  @inline(__always)
  func isOpaque(_ tuple: Int) -> Bool { Int(opacities[tuple]) == maxval }

  /// The entry of a fully transparent tuple. It is nil for other tuples, or if no entry is fully transparent.
  @inline(__always)
  func entry(of tuple: Int) -> Int? { opacities[tuple] == 0 ? transparent : nil }
}
