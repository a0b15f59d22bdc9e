/// Colors to map to, as raw tuples.
package final class Palette {
  package let layout: TupleLayout

  /// Colors, at least 1.
  package let count: Int

  private let storage: Storage<UInt8>

  /// Reserves `count` colors, all of whose samples are 0.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(layout: TupleLayout, count: Int) throws {
    self.layout = layout
    self.count = count
    storage = try Storage(count: count * layout.bytesPerTuple)
  }

  /// All distinct tuples of an image, in lexicographic order.
  package convenience init(_ histogram: Histogram) throws {
    try self.init(layout: histogram.layout, count: histogram.count)
    let samples = histogram.samples.elements
    let count = histogram.count
    let depth = histogram.layout.depth
    let storage = try Storage<Int>(count: count)
    defer { withExtendedLifetime(storage) {} }
    var order = storage.elements
    for index in 0..<count {
      order[index] = index
    }
    order.sort { first, second in
      for plane in 0..<depth where samples[plane * count + first] != samples[plane * count + second] {
        return samples[plane * count + first] < samples[plane * count + second]
      }
      return false
    }
    for (entry, index) in order.enumerated() {
      for plane in 0..<depth {
        setSample(Int(samples[plane * count + index]), plane: plane, of: entry)
      }
    }
  }

  /// The colors, each a raw tuple, one behind the other.
  package var tuples: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(storage.elements)
  }

  /// A sample, `0...maxval`.
  package func sample(_ plane: Int, of entry: Int) -> Int {
    let bytes = layout.bytesPerSample
    let place = entry * layout.bytesPerTuple + plane * bytes
    return bytes == 2
      ? Int(storage.base[place]) << 8 | Int(storage.base[place + 1]) : Int(storage.base[place])
  }

  /// Writes a sample, `0...maxval`.
  func setSample(_ sample: Int, plane: Int, of entry: Int) {
    let bytes = layout.bytesPerSample
    let place = entry * layout.bytesPerTuple + plane * bytes
    if bytes == 2 {
      storage.elements[place] = UInt8(truncatingIfNeeded: sample >> 8)
    }
    storage.elements[place + bytes - 1] = UInt8(truncatingIfNeeded: sample)
  }
}
