import Memory

/// The distinct tuples of an image and the number of pixels of each.
///
/// The tuples are in Morton order, so a histogram does not depend on the order of the pixels.
package final class Histogram {
  package let layout: TupleLayout

  /// Number of distinct tuples, at least 1.
  package let count: Int

  /// The samples, plane by plane: sample `p` of tuple `i` at `p * count + i`.
  package let samples: Storage<UInt16>

  /// The number of pixels of each tuple, at least 1. The storage may be longer than `count`.
  package let weights: Storage<Int>

  /// Reserves memory for `count` tuples.
  init(layout: TupleLayout, count: Int) throws {
    self.layout = layout
    self.count = count
    samples = try Storage(
      count: layout.depth * count, hugePages: count >= Self.hugePageThreshold, reuse: true)
    weights = try Storage(count: count, hugePages: count >= Self.hugePageThreshold, reuse: true)
  }

  /// The numbers of the tuples in lexicographic order.
  ///
  /// - Throws: `OutOfMemory`.
  package func lexicographicOrder() throws -> Storage<Int> {
    let order = try Storage<Int>(count: count)
    guard layout.bytesPerTuple <= 4 && count <= UInt32.max else {
      for index in 0..<count {
        order.base[index] = index
      }
      try sortByMerging(order.elements, by: precedes)
      return order
    }
    // The bytes of a tuple and its number together fit in 64 bits.
    let keys = try Storage<UInt64>(count: count)
    for index in 0..<count {
      var key: UInt64 = 0
      for plane in 0..<layout.depth {
        key = key << UInt64(8 * layout.bytesPerSample) | UInt64(samples.base[plane * count + index])
      }
      keys.base[index] = key << 32 | UInt64(index)
    }
    try sortByRadix(keys.elements)
    for index in 0..<count {
      order.base[index] = Int(keys.base[index] & 0xFFFF_FFFF)
    }
    return order
  }

  /// Whether tuple `first` comes before tuple `second` in lexicographic order.
  func precedes(_ first: Int, _ second: Int) -> Bool {
    for plane in 0..<layout.depth {
      let samples = self.samples.base + plane * count
      if samples[first] != samples[second] { return samples[first] < samples[second] }
    }
    return false
  }

  /// Takes over the weights of `count` tuples and reserves memory for their samples.
  init(layout: TupleLayout, count: Int, weights: Storage<Int>) throws {
    self.layout = layout
    self.count = count
    self.weights = weights
    samples = try Storage(
      count: layout.depth * count, hugePages: count >= Self.hugePageThreshold, reuse: true)
  }

  /// Minimum number of tuples whose memory uses huge pages.
  private static let hugePageThreshold = 1 << 21

  /// Number of counted pixels.
  package var pixelCount: Int {
    weights.elements[0..<count].reduce(0, +)
  }
}
