import Memory

/// Maps the tuples of an image to the colors of a palette.
package struct Mapping {
  /// The colors. They are distinct unless `reordered` was called with repeated numbers.
  package let palette: Palette

  /// For each tuple of the histogram, the number of its color in the palette.
  ///
  /// It is nil if the palette consists of the histogram's tuples in lexicographic order and every tuple keeps its
  /// color.
  package let labels: Storage<UInt32>?

  /// Whether every tuple keeps its own color.
  package let isIdentity: Bool

  /// The order in which the palette is written: for each place, the number of its color. A color may have several
  /// places. It takes precedence over the argument of `sorted`; nil leaves the choice to that argument.
  package var ownOrder: Storage<Int>?

  package init(palette: Palette, labels: Storage<UInt32>?, isIdentity: Bool = false) {
    self.palette = palette
    self.labels = labels
    self.isIdentity = isIdentity || labels == nil
  }

  /// The label of each tuple, computed if `labels` is nil.
  ///
  /// - Parameter histogram: The tuples of the image.
  /// - Returns: For each tuple, the number of its color.
  /// - Throws: `OutOfMemory`.
  package func labels(of histogram: Histogram) throws -> Storage<UInt32> {
    if let labels { return labels }
    let order = try histogram.lexicographicOrder()
    let labels = try Storage<UInt32>(count: histogram.count, reuse: true)
    for entry in 0..<histogram.count {
      labels.base[order.base[entry]] = UInt32(truncatingIfNeeded: entry)
    }
    return labels
  }

  /// The pixels and the inertia of one color.
  package struct Loss: BitwiseCopyable {
    /// Number of pixels that are mapped to the color.
    package var pixels: Int
    /// The sum of the squared distances of these pixels from the color, in the unit of `ErrorMeasure`.
    package var inertia: Int128
  }

  /// Measures the pixels and the inertia of each color.
  ///
  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - measure: The error between tuples of the image and colors of the palette.
  /// - Returns: The loss of each color.
  /// - Throws: `OutOfMemory`.
  package func losses(of histogram: Histogram, by measure: ErrorMeasure) throws -> Storage<Loss> {
    let labels = try labels(of: histogram)
    let losses = try Storage<Loss>(count: palette.count)
    for tuple in 0..<histogram.count {
      let label = Int(labels.base[tuple])
      let square = measure.square {
        Int(histogram.samples.base[$0 * histogram.count + tuple])
      } _: {
        palette.sample(plane: $0, of: label)
      }
      losses.base[label].pixels += histogram.weights.base[tuple]
      losses.base[label].inertia += Int128(histogram.weights.base[tuple]) * square
    }
    return losses
  }

  /// The sum over all pixels of the squared distance from their color, in the unit of `ErrorMeasure`.
  ///
  /// - Throws: `OutOfMemory`.
  func inertia(of histogram: Histogram, in setting: ColorSetting) throws -> Int128 {
    precondition(palette.layout == histogram.layout)
    let losses = try losses(of: histogram, by: ErrorMeasure(setting, palette.layout))
    return losses.elements.reduce(0) { $0 + $1.inertia }
  }

  /// The number of pixels of each color.
  ///
  /// - Parameter histogram: The image's tuples.
  /// - Returns: The counts, by the numbers of the colors.
  /// - Throws: `OutOfMemory`.
  func pixelCounts(of histogram: Histogram) throws -> Storage<Int> {
    let counts = try Storage<Int>(count: palette.count)
    let labels = try labels(of: histogram)
    for tuple in 0..<histogram.count {
      counts.base[Int(labels.base[tuple])] += histogram.weights.base[tuple]
    }
    return counts
  }

  /// Sorts the palette by `ownOrder` or, if that is nil, by `order`.
  ///
  /// - Parameters:
  ///   - order: The order if `ownOrder` is nil.
  ///   - histogram: The tuples of the image.
  ///   - kind: The meaning of the palette's planes.
  /// - Returns: The same mapping with the sorted palette.
  /// - Throws: `OutOfMemory`.
  package func sorted(_ order: PaletteOrder, of histogram: Histogram, kind: TupleKind) throws -> Mapping {
    if let ownOrder { return try reordered(ownOrder, of: histogram) }
    guard order != .rgb else { return self }
    let pixels = try pixelCounts(of: histogram)
    let numbers = try order.numbers(of: palette, kind: kind) { weights in
      weights.update(from: pixels.base, count: palette.count)
    }
    return try reordered(numbers, of: histogram)
  }

  /// Rearranges the palette.
  ///
  /// - Parameters:
  ///   - numbers: For each place, the number of its color. If a number occurs several times, labels refer to its first
  ///     place.
  ///   - histogram: The tuples of the image.
  /// - Returns: The same mapping with the rearranged palette.
  /// - Throws: `OutOfMemory`.
  package func reordered(_ numbers: Storage<Int>, of histogram: Histogram) throws -> Mapping {
    let labels = try labels(of: histogram)
    let sorted = try Palette(layout: palette.layout, count: numbers.elements.count)
    let places = try Storage<UInt32>(count: palette.count)
    for (place, number) in numbers.elements.enumerated().reversed() {
      places.base[number] = UInt32(truncatingIfNeeded: place)
      sorted.copy(number, of: palette, to: place)
    }
    let sortedLabels = try Storage<UInt32>(count: histogram.count, reuse: true)
    for index in 0..<histogram.count {
      sortedLabels.base[index] = places.base[Int(labels.base[index])]
    }
    return Mapping(palette: sorted, labels: sortedLabels, isIdentity: isIdentity)
  }

  /// A gray palette in which the sample of each color is the number of the color.
  ///
  /// - Precondition: There are at most 65536 colors.
  /// - Returns: As many grays as colors. The maxval is the largest number, at least 1.
  /// - Throws: `OutOfMemory`.
  package func indices() throws -> Palette {
    let layout = TupleLayout(depth: 1, maxval: max(palette.count - 1, 1))
    let indices = try Palette(layout: layout, count: palette.count)
    for entry in 0..<palette.count {
      indices.setSample(entry, plane: 0, of: entry)
    }
    return indices
  }
}
