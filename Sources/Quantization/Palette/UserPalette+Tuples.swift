import Memory

/// The colors as tuples of an image, for those that have to be in it as they are.
extension UserPalette {
  /// A color that no tuple of an image is.
  package struct Inexact: Error {
    /// Its samples in the palette.
    package let samples: [Int]
  }

  /// The colors as raw tuples of images of a kind: gray is three equal planes, and what has no opacity is opaque.
  ///
  /// - Parameters:
  ///   - image: What the planes of the image mean; comparable with the colors.
  ///   - maxval: The maxval of the image.
  /// - Returns: As many colors, all different, in lexicographic order.
  /// - Throws: `Inexact` for the first color that is none, `OutOfMemory`.
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

  /// Finds the tuples of an image that are none of these colors.
  ///
  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - image: The meaning of their planes; comparable with the colors. Opacity does not count if the colors have none.
  /// - Returns: For each tuple whether it is no color of the palette; nil if all are.
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
