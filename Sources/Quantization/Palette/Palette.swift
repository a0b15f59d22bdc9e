import Memory

/// Colors to map to, as raw tuples.
package final class Palette {
  package let layout: TupleLayout

  /// Colors, at least 1.
  package let count: Int

  private let storage: Storage<UInt8>

  /// Reserves `count` colors, all of whose samples are 0.
  ///
  /// - Throws: `OutOfMemory`.
  package init(layout: TupleLayout, count: Int) throws {
    self.layout = layout
    self.count = count
    storage = try Storage(count: count * layout.bytesPerTuple)
  }

  /// All distinct tuples of an image, in lexicographic order.
  package convenience init(_ histogram: Histogram) throws {
    try self.init(layout: histogram.layout, count: histogram.count)
    let order = try histogram.lexicographicOrder()
    defer { withExtendedLifetime(order) {} }
    let samples = histogram.samples.elements
    let count = histogram.count
    let depth = layout.depth
    for (entry, index) in order.elements.enumerated() {
      for plane in 0..<depth {
        setSample(Int(samples[plane * count + index]), plane: plane, of: entry)
      }
    }
  }

  /// These colors in another order: in which others, that lie beside them, would be in lexicographic order.
  ///
  /// - Parameter others: As many colors. If some are equal, only the first of them counts.
  /// - Returns: The palette.
  /// - Throws: `OutOfMemory`.
  package func reordered(like others: Palette) throws -> Palette {
    precondition(others.count == count)
    let order = try GrowingStorage(0..<count)
    try order.sort { others.precedes($0, $1) }
    var distinct = try GrowingStorage<Int>()
    for number in order where distinct.last.map({ others.precedes($0, number) }) ?? true {
      try distinct.append(number)
    }
    return try selecting(distinct)
  }

  /// The number of a color in a palette in lexicographic order.
  ///
  /// - Parameter tuple: The bytes of a raw tuple.
  /// - Returns: Its number, or if it is not there, that of the first color behind it, or their number.
  package func number(of tuple: Slice<UnsafeRawBufferPointer>) -> Int {
    let size = layout.bytesPerTuple
    // The order of raw bytes is that of the samples, whose high bytes come first.
    return (0..<count).partitioningIndex { entry in
      !tuples[(entry * size)..<((entry + 1) * size)].lexicographicallyPrecedes(tuple)
    }
  }

  /// Some of the colors, in the order of their numbers.
  ///
  /// - Throws: `OutOfMemory`.
  func selecting(_ numbers: GrowingStorage<Int>) throws -> Palette {
    let palette = try Palette(layout: layout, count: numbers.count)
    for (place, number) in numbers.enumerated() {
      palette.copy(number, of: self, to: place)
    }
    return palette
  }

  /// Whether each color that counts has the same sample in all of its first planes.
  func isGray(planeCount: Int, counting counts: (Int) -> Bool = { _ in true }) -> Bool {
    (0..<count).allSatisfy { entry in
      !counts(entry)
        || (1..<max(planeCount, 1)).allSatisfy { sample(plane: $0, of: entry) == sample(plane: 0, of: entry) }
    }
  }

  /// Whether a color comes before another in lexicographic order.
  func precedes(_ first: Int, _ second: Int) -> Bool { compare(first, with: second, of: self) < 0 }

  /// Below 0, 0 or above 0 as a color comes before one of another palette of the same layout, equals it or comes after
  /// it in lexicographic order.
  func compare(_ entry: Int, with other: Int, of palette: Palette) -> Int {
    for plane in 0..<layout.depth {
      let difference = sample(plane: plane, of: entry) - palette.sample(plane: plane, of: other)
      if difference != 0 { return difference }
    }
    return 0
  }

  /// The colors, each a raw tuple, one behind the other.
  package var tuples: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(storage.elements)
  }

  /// The colors as raw tuples, for as long as the palette is kept.
  package var raw: RawTuples { RawTuples(bytes: tuples, layout: layout) }

  /// A sample, `0...maxval`.
  package func sample(plane: Int, of entry: Int) -> Int {
    let bytes = layout.bytesPerSample
    let place = entry * layout.bytesPerTuple + plane * bytes
    let low = Int(storage.elements[place + bytes - 1])
    return bytes == 2 ? Int(storage.elements[place]) << 8 | low : low
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

  /// Takes over a color of another palette of the same layout.
  func copy(_ number: Int, of other: Palette, to entry: Int) {
    let size = layout.bytesPerTuple
    (storage.base + entry * size).update(from: other.storage.base + number * size, count: size)
  }
}

extension Palette {
  /// Whether the last sample of a color, its opacity, is 0.
  @inline(__always)
  func isTransparent(_ entry: Int) -> Bool { sample(plane: layout.depth - 1, of: entry) == 0 }

  /// Whether the last sample of a color, its opacity, is maxval.
  @inline(__always)
  func isOpaque(_ entry: Int) -> Bool { sample(plane: layout.depth - 1, of: entry) == layout.maxval }
}
