import Memory

/// Adds up the inertia of each palette color pixel by pixel. This is needed if the tuples of the histogram stand for merged
/// colors.
package final class PixelLosses {
  private let palette: Palette
  private let labels: Storage<UInt32>
  private let setting: ColorSetting
  private let numbers: TupleNumbers

  /// For each color its loss so far.
  package let losses: Storage<Mapping.Loss>

  /// - Parameters:
  ///   - mapping: Where the tuples go.
  ///   - setting: What they mean.
  ///   - histogram: The tuples, in the palette's layout.
  ///   - numbers: Finds their numbers.
  /// - Throws: `OutOfMemory`.
  package init(
    _ mapping: Mapping, in setting: ColorSetting, of histogram: Histogram, _ numbers: TupleNumbers
  ) throws {
    precondition(mapping.palette.layout == histogram.layout)
    palette = mapping.palette
    labels = try mapping.labels(of: histogram)
    self.setting = setting
    self.numbers = numbers
    losses = try Storage(count: palette.count)
  }

  /// Takes a run of rows.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - width: Tuples of a row.
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
        losses.base[label].inertia += Int128(square(tuple, label))
      }
    }
  }

  /// The squared distance of a raw tuple from a color.
  private func square(_ tuple: UnsafeRawBufferPointer, _ label: Int) -> Int {
    let layout = palette.layout
    func sample(_ plane: Int) -> Int {
      layout.bytesPerSample == 1
        ? Int(tuple[plane]) : Int(tuple[2 * plane]) << 8 | Int(tuple[2 * plane + 1])
    }
    if setting.isPremultiplied && sample(layout.depth - 1) == 0 && palette.isTransparent(label) { return 0 }
    return (0..<layout.depth).reduce(0) { sum, plane in
      let way = sample(plane) - palette.sample(plane: plane, of: label)
      return sum + way * way
    }
  }
}
