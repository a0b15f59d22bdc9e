import Memory

/// Adds up the inertia of each palette color pixel by pixel. This is needed if similar colors were merged, because the
/// histogram then lacks the exact tuples.
package final class PixelLosses {
  private let palette: Palette

  /// The layout of the image's tuples.
  private let layout: TupleLayout
  private let labels: Storage<UInt32>
  private let measure: ErrorMeasure
  private let numbers: TupleNumbers

  /// The loss of each color so far.
  package let losses: Storage<Mapping.Loss>

  /// - Parameters:
  ///   - mapping: The mapping of the tuples to colors.
  ///   - measure: The error between tuples of the image and colors of the palette.
  ///   - histogram: The tuples.
  ///   - numbers: Finds the numbers of the tuples.
  /// - Throws: `OutOfMemory`.
  package init(
    _ mapping: Mapping, by measure: ErrorMeasure, of histogram: Histogram, _ numbers: TupleNumbers
  ) throws {
    palette = mapping.palette
    layout = histogram.layout
    labels = try mapping.labels(of: histogram)
    self.measure = measure
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
    measure.square { plane in
      layout.bytesPerSample == 1
        ? Int(tuple[plane]) : Int(tuple[2 * plane]) << 8 | Int(tuple[2 * plane + 1])
    } _: {
      palette.sample(plane: $0, of: label)
    }
  }
}
