import Memory

/// A palette that the user supplies. It maps images to its colors.
///
/// Samples are divided by their maxval before they are compared, and gray equals RGB with three equal samples. If the
/// palette has opacity, opacity is compared, and an image without opacity is opaque. Otherwise the image keeps its
/// opacity. If opacity is premultiplied, opaque tuples get opaque colors, provided that the palette has any.
package struct UserPalette {
  let palette: Palette
  let kind: TupleKind

  /// - Parameters:
  ///   - palette: Distinct colors in lexicographic order.
  ///   - kind: The meaning of their planes.
  package init(_ palette: Palette, kind: TupleKind) {
    precondition(kind.depth == palette.layout.depth)
    self.palette = palette
    self.kind = kind
  }

  /// The kind of an image after the mapping; nil if the palette cannot be compared with the image.
  package func outputKind(for image: TupleKind) -> TupleKind? {
    guard image.isComparable(with: kind) else { return nil }
    return TupleKind(kind.color, hasOpacity: kind.hasOpacity || image.hasOpacity)
  }

  /// Maps each tuple of an image to the nearest color.
  ///
  /// Among equally near colors, a tuple gets the color that equals it, otherwise the lexicographically first.
  ///
  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - setting: The meaning of their planes, comparable with the palette's, and the color space of distances.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: A mapping to the palette. If the image keeps its opacity, the mapping's palette has each color once for
  ///   each opacity that occurs with it.
  /// - Throws: `OutOfMemory`.
  package func map(_ histogram: Histogram, in setting: ColorSetting, threadCount: Int) throws -> Mapping {
    let image = setting.kind
    precondition(outputKind(for: image) != nil, "the image cannot be compared")
    let nearest = try nearest(histogram, setting, threadCount: threadCount)
    if image == kind && histogram.layout == palette.layout && hasEquals(setting) {
      keepColors(of: histogram, nearest)
    }
    guard image.hasOpacity && !kind.hasOpacity else { return Mapping(palette: palette, labels: nearest) }
    return try carryingOpacity(of: histogram, nearest)
  }

  /// The number of the nearest color for each tuple.
  private func nearest(
    _ histogram: Histogram, _ setting: ColorSetting, threadCount: Int
  ) throws -> Storage<UInt32> {
    let image = setting.kind
    let isPremultiplied = kind.hasOpacity && setting.opacity.isPremultiplied
    if setting.space == .sample {
      guard isPremultiplied else {
        return try NearestEntries(palette, kind, histogram, image).labels(threadCount: threadCount)
      }
      if let labels = try nearestOpaque(histogram, image, threadCount: threadCount) { return labels }
    }
    return try NearestInSpace(
      palette, kind, histogram, image, space: setting.space, opacity: setting.opacity
    ).labels(threadCount: threadCount)
  }

  /// Whether distinct colors may have distance 0: in a color space, or if several colors are fully transparent.
  private func hasEquals(_ setting: ColorSetting) -> Bool {
    setting.space != .sample
      || setting.isPremultiplied && (0..<palette.count).count(where: palette.isTransparent) > 1
  }

  /// Maps each tuple that equals a color of the palette to that color.
  private func keepColors(of histogram: Histogram, _ labels: Storage<UInt32>) {
    for tuple in 0..<histogram.count {
      if let entry = palette.number(comparing: { palette.compare($0, to: tuple, of: histogram) }) {
        labels.base[tuple] = UInt32(truncatingIfNeeded: entry)
      }
    }
  }

  /// The nearest colors for an image whose tuples are all opaque or fully transparent.
  ///
  /// Opaque tuples get the nearest opaque color, transparent tuples the first transparent color. The result is nil if
  /// the image has a translucent tuple, or if the palette lacks an opaque color or a transparent one that the image
  /// needs.
  private func nearestOpaque(
    _ histogram: Histogram, _ image: TupleKind, threadCount: Int
  ) throws -> Storage<UInt32>? {
    let opaque = try GrowingStorage(0..<palette.count) { opacity($0) == palette.layout.maxval }
    let transparent = (0..<palette.count).first(where: palette.isTransparent)
    let isTransparent = { (tuple: Int) in image.hasOpacity && histogram.opacity(tuple) == 0 }
    let isSimple = (0..<histogram.count).allSatisfy { tuple in
      isTransparent(tuple)
        ? transparent != nil : !image.hasOpacity || histogram.opacity(tuple) == histogram.layout.maxval
    }
    guard isSimple, !opaque.isEmpty else { return nil }
    let labels = try NearestEntries(palette.selecting(opaque), kind, histogram, image)
      .labels(threadCount: threadCount)
    for tuple in 0..<histogram.count {
      let number = isTransparent(tuple) ? transparent ?? 0 : opaque[Int(labels.base[tuple])]
      labels.base[tuple] = UInt32(truncatingIfNeeded: number)
    }
    return labels
  }

  /// The last sample of a color, which is its opacity if the palette has opacity.
  func opacity(_ entry: Int) -> Int { palette.sample(plane: kind.depth - 1, of: entry) }

  /// Adds opacity to the palette: each color becomes one entry for each opacity of its tuples.
  private func carryingOpacity(of histogram: Histogram, _ nearest: Storage<UInt32>) throws -> Mapping {
    let (from, to) = (histogram.layout.maxval, palette.layout.maxval)
    let opacities = histogram.samples.base + (histogram.layout.depth - 1) * histogram.count
    let keys = try Storage<UInt64>(count: histogram.count)
    let sorted = try Storage<UInt64>(count: histogram.count)
    for index in 0..<histogram.count {
      let opacity = (2 * Int(opacities[index]) * to + from) / (2 * from)
      keys.base[index] = UInt64(nearest.base[index]) << 16 | UInt64(opacity)
    }
    sorted.base.update(from: keys.base, count: histogram.count)
    try sortByRadix(sorted.elements)
    var count = 0
    for index in 0..<histogram.count where index == 0 || sorted.base[index] != sorted.base[count - 1] {
      sorted.base[count] = sorted.base[index]
      count += 1
    }
    let depth = kind.depth + 1
    let colors = try Palette(layout: TupleLayout(depth: depth, maxval: to), count: count)
    for color in 0..<count {
      for plane in 0..<kind.depth {
        let sample = palette.sample(plane: plane, of: Int(sorted.base[color] >> 16))
        colors.setSample(sample, plane: plane, of: color)
      }
      colors.setSample(Int(sorted.base[color] & 0xffff), plane: depth - 1, of: color)
    }
    for index in 0..<histogram.count {
      let color = sorted.elements[0..<count].partitioningIndex { $0 >= keys.base[index] }
      nearest.base[index] = UInt32(truncatingIfNeeded: color)
    }
    return Mapping(palette: colors, labels: nearest)
  }
}

extension Palette {
  /// Compares a color lexicographically with a tuple of the same layout.
  ///
  /// The result is negative if the color comes first, 0 if both are equal, otherwise positive.
  fileprivate func compare(_ entry: Int, to tuple: Int, of histogram: Histogram) -> Int {
    for plane in 0..<layout.depth {
      let order =
        sample(plane: plane, of: entry) - Int(histogram.samples.base[plane * histogram.count + tuple])
      if order != 0 { return order }
    }
    return 0
  }
}

extension Histogram {
  /// The last sample of a tuple, which is its opacity if the image has opacity.
  func opacity(_ tuple: Int) -> Int { Int(samples.base[(layout.depth - 1) * count + tuple]) }
}
