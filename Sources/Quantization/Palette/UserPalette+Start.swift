import Memory

/// The user's colors as initial centroids of k-means for an image, whose kind and maxval may differ from the palette's.
extension UserPalette {
  /// Number of colors.
  package var count: Int { palette.count }

  /// The numbers of the `wanted` most opaque colors, ascending. Among equally opaque colors, the last ones are taken.
  ///
  /// Without opacity, the first `wanted` colors are taken.
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

  /// Converts a sample to the kind and maxval of an image, times `unit`, rounded.
  ///
  /// Gray becomes three equal planes, RGB becomes its luma (ITU-R BT.601), and a color without opacity is opaque.
  ///
  /// - Parameters:
  ///   - plane: A plane of the image.
  ///   - entry: The number of the color.
  ///   - image: The meaning of the image's planes.
  ///   - maxval: The maxval of the image.
  ///   - unit: The factor, at least 1.
  /// - Returns: The coordinate, `0...maxval * unit`.
  func coordinate(_ plane: Int, of entry: Int, in image: TupleKind, maxval: Int, unit: Int) -> Int {
    let (value, scale) = sample(plane, entry, image)
    return (2 * value * maxval * unit + scale) / (2 * scale)
  }

  /// A sample converted to the image's kind but not to its maxval, and the value that corresponds to the image's
  /// maxval.
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
