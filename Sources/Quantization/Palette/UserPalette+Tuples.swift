import Memory

/// Exact conversion between the user's colors and the tuples of an image.
extension UserPalette {
  /// The error of a color that no tuple of the image equals.
  package struct Inexact: Error {
    /// The samples of the color in the palette.
    package let samples: [Int]
  }

  /// Converts the colors exactly to tuples of an image.
  ///
  /// Gray equals RGB with three equal samples, and a color without opacity is opaque.
  ///
  /// - Parameters:
  ///   - image: The meaning of the image's planes, comparable with the palette's.
  ///   - maxval: The maxval of the image.
  /// - Returns: As many distinct colors, in lexicographic order.
  /// - Throws: `Inexact` for the first color that equals no tuple, `OutOfMemory`.
  package func tuples(of image: TupleKind, maxval: Int) throws -> Palette {
    let tuples = try Palette(layout: TupleLayout(depth: image.depth, maxval: maxval), count: count)
    for entry in 0..<count {
      let samples = (0..<kind.depth).map { palette.sample(plane: $0, of: entry) }
      guard let tuple = tuple(samples, of: image, maxval: maxval) else { throw Inexact(samples: samples) }
      for (plane, sample) in tuple.enumerated() {
        tuples.setSample(sample, plane: plane, of: entry)
      }
    }
    return tuples
  }

  /// Finds the tuples of an image that are not colors of the palette.
  ///
  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - image: The meaning of the image's planes, comparable with the palette's. If the palette has no opacity, the
  ///     image's opacity is ignored.
  /// - Returns: For each tuple whether the palette lacks it; nil if the palette has all tuples.
  /// - Throws: `OutOfMemory`.
  package func missing(_ histogram: Histogram, _ image: TupleKind) throws -> Storage<Bool>? {
    let compared = TupleKind(image.color, hasOpacity: image.hasOpacity && kind.hasOpacity)
    let layout = TupleLayout(depth: compared.depth, maxval: histogram.layout.maxval)
    let isMissing = try Storage<Bool>(count: histogram.count)
    var hasMissing = false
    for tuple in 0..<histogram.count {
      let color = try Palette(layout: layout, count: 1)
      for plane in 0..<compared.depth {
        color.setSample(Int(histogram.samples.base[plane * histogram.count + tuple]), plane: plane, of: 0)
      }
      let own = try? UserPalette(color, kind: compared).tuples(of: kind, maxval: palette.layout.maxval)
      let number = own.map { palette.number(of: $0.tuples[...]) } ?? palette.count
      let isFound =
        number < palette.count && own.map { palette.compare(number, with: 0, of: $0) == 0 } ?? false
      isMissing.base[tuple] = !isFound
      hasMissing = hasMissing || !isFound
    }
    return hasMissing ? isMissing : nil
  }

  private func tuple(_ samples: [Int], of image: TupleKind, maxval: Int) -> [Int]? {
    let scale = palette.layout.maxval
    var color = Array(samples.prefix(kind.colorCount))
    let opacity = kind.hasOpacity ? samples[kind.colorCount] : scale
    if color.count < image.colorCount {
      color = [Int](repeating: color[0], count: image.colorCount)
    } else if color.count > image.colorCount {
      guard Set(color).count == 1 else { return nil }
      color = [color[0]]
    }
    guard image.hasOpacity || opacity == scale else { return nil }
    let tuple = image.hasOpacity ? color + [opacity] : color
    guard tuple.allSatisfy({ $0 * maxval % scale == 0 }) else { return nil }
    return tuple.map { $0 * maxval / scale }
  }
}
