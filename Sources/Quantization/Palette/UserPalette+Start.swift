import Memory

/// The colors as a start of k-means, for an image that need not be like the one they come from.
extension UserPalette {
  /// Colors.
  package var count: Int { palette.count }

  /// The numbers of so many colors, those that are left when the most transparent ones, of equals the first, are not
  /// taken.
  ///
  /// - Throws: `OutOfMemory`.
  func mostOpaque(_ wanted: Int) throws -> GrowingStorage<Int> {
    guard kind.hasOpacity && wanted < count else { return try GrowingStorage(0..<wanted) }
    var order = try GrowingStorage(0..<count)
    try order.sort { first, second in
      let opacities = (opacity(first), opacity(second))
      return opacities.0 != opacities.1 ? opacities.0 > opacities.1 : first > second
    }
    order.count = wanted
    try order.sort(by: <)
    return order
  }

  /// A sample as it would be in an image, times `unit`, rounded: gray for each of red, green and blue, their luma
  /// (ITU-R BT.601) for gray, opaque where there is no opacity.
  ///
  /// - Parameters:
  ///   - plane: A plane of the image.
  ///   - entry: The color.
  ///   - image: What the planes of the image mean.
  ///   - maxval: The maxval of the image.
  ///   - unit: At least 1.
  /// - Returns: 0 to `maxval * unit`.
  func coordinate(_ plane: Int, of entry: Int, in image: TupleKind, maxval: Int, unit: Int) -> Int {
    let (value, scale) = sample(plane, entry, image)
    return (2 * value * maxval * unit + scale) / (2 * scale)
  }

  /// A sample and what stands for its largest value.
  private func sample(_ plane: Int, _ entry: Int, _ image: TupleKind) -> (value: Int, scale: Int) {
    let maxval = palette.layout.maxval
    if image.hasOpacity && plane == image.depth - 1 {
      return (kind.hasOpacity ? palette.sample(plane: kind.depth - 1, of: entry) : maxval, maxval)
    }
    switch (image.color, kind.color) {
    case (.gray, .rgb):
      let luma = zip(0..<3, [299, 587, 114]).reduce(0) { $0 + $1.1 * palette.sample(plane: $1.0, of: entry) }
      return (luma, 1000 * maxval)
    case (.rgb, .gray):
      return (palette.sample(plane: 0, of: entry), maxval)
    default:
      return (palette.sample(plane: plane, of: entry), maxval)
    }
  }
}
