import Memory

/// A palette that the user supplies, and the mapping of an image to it.
///
/// Tuples are compared with samples divided by their maxval, and gray as three equal planes beside RGB. If the palette has
/// opacity, opacity is compared, and an image without opacity is opaque. Otherwise, the image keeps its opacity. Opaque
/// tuples get opaque colors, unless opacity is a plane like others.
package struct UserPalette {
  let palette: Palette
  let kind: TupleKind

  /// - Parameters:
  ///   - palette: The colors, distinct, in lexicographic order.
  ///   - kind: What their planes mean.
  package init(_ palette: Palette, kind: TupleKind) {
    precondition(kind.depth == palette.layout.depth)
    self.palette = palette
    self.kind = kind
  }

  /// What tuples an image of a given kind is mapped to; nil if it cannot be compared with the palette.
  package func outputKind(for image: TupleKind) -> TupleKind? {
    guard image.isComparable(with: kind) else { return nil }
    return TupleKind(kind.color, hasOpacity: kind.hasOpacity || image.hasOpacity)
  }

  /// Finds for each tuple of an image the nearest color, of equals the tuple itself or else the lexicographically
  /// smallest.
  ///
  /// - Parameters:
  ///   - histogram: The image's tuples.
  ///   - setting: What their planes mean, comparable with the palette's, and where distances are taken.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The mapping: to the palette itself, or, where opacity is carried through, to its colors with the
  ///   opacities they occur with.
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

  /// The numbers of the nearest colors.
  private func nearest(
    _ histogram: Histogram, _ setting: ColorSetting, threadCount: Int
  ) throws -> Storage<UInt32> {
    let image = setting.kind
    let isPremultiplied = kind.hasOpacity && setting.opacity == .premultiplied
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

  /// Whether colors that differ may be the same to distances: at one place of a color space, or all transparent.
  private func hasEquals(_ setting: ColorSetting) -> Bool {
    setting.space != .sample
      || setting.isPremultiplied && (0..<palette.count).count(where: palette.isTransparent) > 1
  }

  /// Has the tuples that are colors of the palette keep them.
  private func keepColors(of histogram: Histogram, _ labels: Storage<UInt32>) {
    for tuple in 0..<histogram.count {
      let entry = (0..<palette.count).partitioningIndex { palette.compare($0, to: tuple, of: histogram) >= 0 }
      if entry < palette.count && palette.compare(entry, to: tuple, of: histogram) == 0 {
        labels.base[tuple] = UInt32(truncatingIfNeeded: entry)
      }
    }
  }

  /// The numbers of the nearest colors where every tuple is opaque or transparent and there are colors of both kinds:
  /// for opaque tuples the nearest opaque colors, for transparent ones the first that is; nil where that does not do.
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

  /// The last sample of a color.
  func opacity(_ entry: Int) -> Int { palette.sample(plane: kind.depth - 1, of: entry) }

  /// Gives each color the opacities it occurs with.
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
  /// Below 0, 0 or above 0 as a color comes before a tuple of the same layout, equals it or comes after it in
  /// lexicographic order.
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
  /// The last sample of a tuple.
  func opacity(_ tuple: Int) -> Int { Int(samples.base[(layout.depth - 1) * count + tuple]) }
}
