import Memory

/// The colors that the tuples of an image are mapped to.
package struct Mapping {
  /// The colors, each once.
  package let palette: Palette

  /// For each tuple of the histogram the number of its color in the palette; nil where every tuple keeps its own color
  /// and the palette is the tuples in lexicographic order.
  package let labels: Storage<UInt32>?

  /// Whether every tuple keeps its own color.
  package let isIdentity: Bool

  /// For each place the number of its color, if the palette has an order of its own, which `sorted` then follows. A color
  /// may have several places.
  package var ownOrder: Storage<Int>?

  package init(palette: Palette, labels: Storage<UInt32>?, isIdentity: Bool = false) {
    self.palette = palette
    self.labels = labels
    self.isIdentity = isIdentity || labels == nil
  }

  /// The labels, spelled out also where every tuple keeps its color.
  ///
  /// - Parameter histogram: The image's tuples.
  /// - Returns: The number of the color of each.
  /// - Throws: `OutOfMemory`.
  package func labels(of histogram: Histogram) throws -> Storage<UInt32> {
    if let labels { return labels }
    let order = try histogram.lexicographicOrder()
    let labels = try Storage<UInt32>(count: histogram.count)
    for entry in 0..<histogram.count {
      labels.base[order.base[entry]] = UInt32(truncatingIfNeeded: entry)
    }
    return labels
  }

  /// What a color costs.
  package struct Loss: BitwiseCopyable {
    /// The pixels it has.
    package var pixels: Int
    /// The sum over them of the squared distance from their tuples, in the unit of `ErrorMeasure`.
    package var inertia: Int128
  }

  /// What the colors cost.
  ///
  /// - Parameters:
  ///   - histogram: The image's tuples, in the palette's layout.
  ///   - setting: What they mean.
  /// - Returns: For each color its loss.
  /// - Throws: `OutOfMemory`.
  package func losses(of histogram: Histogram, in setting: ColorSetting) throws -> Storage<Loss> {
    precondition(palette.layout == histogram.layout)
    let labels = try labels(of: histogram)
    let losses = try Storage<Loss>(count: palette.count)
    let measure = ErrorMeasure(setting, palette.layout)
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

  /// The sum over the pixels of the squared distance of their tuples before and after, in the unit of `ErrorMeasure`.
  ///
  /// - Throws: `OutOfMemory`.
  func inertia(of histogram: Histogram, in setting: ColorSetting) throws -> Int128 {
    let losses = try losses(of: histogram, in: setting)
    return losses.elements.reduce(0) { $0 + $1.inertia }
  }

  /// The same mapping with its palette in another order.
  ///
  /// - Parameters:
  ///   - order: The order, if the palette has none of its own.
  ///   - histogram: The image's tuples.
  ///   - kind: What the planes of the palette mean.
  /// - Returns: The mapping.
  /// - Throws: `OutOfMemory`.
  package func sorted(_ order: PaletteOrder, of histogram: Histogram, kind: TupleKind) throws -> Mapping {
    if let ownOrder { return try reordered(ownOrder, of: histogram) }
    guard order != .rgb else { return self }
    let labels = try labels(of: histogram)
    let numbers = try order.numbers(of: palette, kind: kind) { weights in
      for index in 0..<histogram.count {
        weights[Int(labels.base[index])] += histogram.weights.base[index]
      }
    }
    return try reordered(numbers, of: histogram)
  }

  /// The same mapping with its palette in a given order.
  ///
  /// - Parameters:
  ///   - numbers: For each place the number of its color. If a number occurs several times, its first place counts.
  ///   - histogram: The image's tuples.
  /// - Returns: The mapping.
  /// - Throws: `OutOfMemory`.
  package func reordered(_ numbers: Storage<Int>, of histogram: Histogram) throws -> Mapping {
    let labels = try labels(of: histogram)
    let sorted = try Palette(layout: palette.layout, count: numbers.elements.count)
    let places = try Storage<UInt32>(count: palette.count)
    for (place, number) in numbers.elements.enumerated().reversed() {
      places.base[number] = UInt32(truncatingIfNeeded: place)
      sorted.copy(number, of: palette, to: place)
    }
    let sortedLabels = try Storage<UInt32>(count: histogram.count)
    for index in 0..<histogram.count {
      sortedLabels.base[index] = places.base[Int(labels.base[index])]
    }
    return Mapping(palette: sorted, labels: sortedLabels, isIdentity: isIdentity)
  }

  /// The numbers of the colors themselves as a palette of gray, with the largest number for maxval.
  ///
  /// - Precondition: There are at most 65536 colors.
  /// - Returns: As many grays as there are colors.
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
