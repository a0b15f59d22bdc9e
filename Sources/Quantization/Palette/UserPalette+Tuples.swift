import Memory

/// Exact conversion between the user's colors and the tuples of an image.
extension UserPalette {
  /// The error that no tuple of the image's kind and maxval equals a color.
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
      let tuple = Self.convert(samples, of: kind, maxval: palette.layout.maxval, to: image, maxval: maxval)
      guard let tuple else { throw Inexact(samples: samples) }
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
  /// - Returns: For each tuple, whether the palette lacks it; nil if the palette has all tuples.
  /// - Throws: `OutOfMemory`.
  package func missing(_ histogram: Histogram, _ image: TupleKind) throws -> Storage<Bool>? {
    let compared = TupleKind(image.color, hasOpacity: image.hasOpacity && kind.hasOpacity)
    let isMissing = try Storage<Bool>(count: histogram.count)
    var hasMissing = false
    for tuple in 0..<histogram.count {
      let samples = (0..<compared.depth).map { Int(histogram.samples.base[$0 * histogram.count + tuple]) }
      let own = Self.convert(
        samples, of: compared, maxval: histogram.layout.maxval, to: kind, maxval: palette.layout.maxval)
      let number = own.flatMap { own in palette.number { palette.compare($0, with: own) } }
      isMissing.base[tuple] = number == nil
      hasMissing = hasMissing || number == nil
    }
    return hasMissing ? isMissing : nil
  }

  /// Converts a tuple to another kind and maxval, exactly.
  ///
  /// - Parameters:
  ///   - samples: The tuple.
  ///   - kind: The meaning of its planes, comparable with `other`.
  ///   - scale: Its maxval.
  ///   - other: The other meaning.
  ///   - maxval: The other maxval.
  /// - Returns: The other tuple; nil if no tuple is the same color.
  private static func convert(
    _ samples: [Int], of kind: TupleKind, maxval scale: Int, to other: TupleKind, maxval: Int
  ) -> [Int]? {
    var color = Array(samples.prefix(kind.colorCount))
    let opacity = kind.hasOpacity ? samples[kind.colorCount] : scale
    if color.count < other.colorCount {
      color = [Int](repeating: color[0], count: other.colorCount)
    } else if color.count > other.colorCount {
      guard Set(color).count == 1 else { return nil }
      color = [color[0]]
    }
    guard other.hasOpacity || opacity == scale else { return nil }
    let tuple = other.hasOpacity ? color + [opacity] : color
    guard tuple.allSatisfy({ $0 * maxval % scale == 0 }) else { return nil }
    return tuple.map { $0 * maxval / scale }
  }
}
