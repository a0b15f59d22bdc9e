import Memory

/// Adds up the inertia of each palette color pixel by pixel. This is needed if the tuples of the histogram stand for
/// merged colors.
package final class PixelLosses {
  private let palette: Palette
  private let labels: Storage<UInt32>
  private let measure: ErrorMeasure
  private let numbers: TupleNumbers

  /// The loss of each color so far.
  package let losses: Storage<Mapping.Loss>

  /// - Parameters:
  ///   - mapping: The mapping of the tuples to colors.
  ///   - setting: The meaning of the planes and of opacity.
  ///   - histogram: The tuples, in the palette's layout.
  ///   - numbers: Finds the numbers of the tuples.
  /// - Throws: `OutOfMemory`.
  package init(
    _ mapping: Mapping, in setting: ColorSetting, of histogram: Histogram, _ numbers: TupleNumbers
  ) throws {
    precondition(mapping.palette.layout == histogram.layout)
    palette = mapping.palette
    labels = try mapping.labels(of: histogram)
    measure = ErrorMeasure(setting, palette.layout)
    self.numbers = numbers
    losses = try Storage(count: palette.count)
  }

  /// Adds the pixels of some rows.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Number of tuples in a row.
  /// - Throws: `OutOfMemory`.
  package func add(_ rows: UnsafeRawBufferPointer, width: Int) throws {
    let layout = palette.layout
    var rest = rows[...]
    try numbers.map(rows, width: width) { numbers in
      for number in numbers {
        let label = Int(labels.base[Int(number)])
        let tuple = UnsafeRawBufferPointer(rebasing: rest.prefix(layout.bytesPerTuple))
        rest = rest.dropFirst(layout.bytesPerTuple)
        losses.base[label].pixels += 1
        losses.base[label].inertia += square(tuple, label)
      }
    }
  }

  /// The squared distance between a raw tuple and a color.
  private func square(_ tuple: UnsafeRawBufferPointer, _ label: Int) -> Int128 {
    let layout = palette.layout
    return measure.square { plane in
      layout.bytesPerSample == 1
        ? Int(tuple[plane]) : Int(tuple[2 * plane]) << 8 | Int(tuple[2 * plane + 1])
    } _: {
      palette.sample(plane: $0, of: label)
    }
  }
}
