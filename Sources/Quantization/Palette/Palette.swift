import Memory

/// The colors of a palette, stored as raw tuples.
package final class Palette {
  package let layout: TupleLayout

  /// Number of colors, at least 1.
  package let count: Int

  private let storage: Storage<UInt8>

  /// Creates a palette of `count` colors whose samples are all 0.
  ///
  /// - Throws: `OutOfMemory`.
  package init(layout: TupleLayout, count: Int) throws {
    self.layout = layout
    self.count = count
    storage = try Storage(count: count * layout.bytesPerTuple)
  }

  /// Takes all distinct tuples of an image, in lexicographic order.
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

  /// Sorts these colors by the lexicographic order of another palette, whose color *i* belongs to color *i* of this
  /// one.
  ///
  /// - Parameter others: As many colors as this palette has. Of equal colors, only the first is used.
  /// - Returns: One color for each distinct color of `others`.
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

  /// Finds a color in a palette in lexicographic order.
  ///
  /// - Parameter compare: Compares the color of a number with the wanted one: negative if it comes before, 0 if they
  ///   are equal, else positive.
  /// - Returns: The number of the wanted color; nil if the palette lacks it.
  package func number(comparing compare: (Int) -> Int) -> Int? {
    let number = (0..<count).partitioningIndex { compare($0) >= 0 }
    return number < count && compare(number) == 0 ? number : nil
  }

  /// The colors with the given numbers, in the order of `numbers`.
  ///
  /// - Throws: `OutOfMemory`.
  func selecting(_ numbers: GrowingStorage<Int>) throws -> Palette {
    let palette = try Palette(layout: layout, count: numbers.count)
    for (place, number) in numbers.enumerated() {
      palette.copy(number, of: self, to: place)
    }
    return palette
  }

  /// Whether the first `planeCount` samples are equal in each color for which `counts` is true.
  func isGray(planeCount: Int, counting counts: (Int) -> Bool = { _ in true }) -> Bool {
    (0..<count).allSatisfy { entry in
      !counts(entry)
        || (1..<max(planeCount, 1)).allSatisfy { sample(plane: $0, of: entry) == sample(plane: 0, of: entry) }
    }
  }

  /// Whether color `first` comes before color `second` in lexicographic order.
  func precedes(_ first: Int, _ second: Int) -> Bool { compare(first, with: second, of: self) < 0 }

  /// Compares a color lexicographically with a color of a palette of the same layout.
  ///
  /// - Returns: A negative number if this palette's color comes first, 0 if the colors are equal, otherwise a positive
  ///   number.
  func compare(_ entry: Int, with other: Int, of palette: Palette) -> Int {
    for plane in 0..<layout.depth {
      let difference = sample(plane: plane, of: entry) - palette.sample(plane: plane, of: other)
      if difference != 0 { return difference }
    }
    return 0
  }

  /// Compares a color with a tuple of as many samples in lexicographic order: negative if the color precedes it, 0 if
  /// they are equal, else positive.
  func compare(_ entry: Int, with tuple: [Int]) -> Int {
    for plane in 0..<layout.depth where sample(plane: plane, of: entry) != tuple[plane] {
      return sample(plane: plane, of: entry) - tuple[plane]
    }
    return 0
  }

  /// The raw tuples of all colors, without gaps.
  package var tuples: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(storage.elements)
  }

  /// The colors as raw tuples, valid while the palette exists.
  package var raw: RawTuples { RawTuples(bytes: tuples, layout: layout) }

  /// A sample of a color, `0...maxval`.
  package func sample(plane: Int, of entry: Int) -> Int {
    let bytes = layout.bytesPerSample
    let place = entry * layout.bytesPerTuple + plane * bytes
    let low = Int(storage.elements[place + bytes - 1])
    return bytes == 2 ? Int(storage.elements[place]) << 8 | low : low
  }

  /// Sets a sample of a color, `0...maxval`.
  func setSample(_ sample: Int, plane: Int, of entry: Int) {
    let bytes = layout.bytesPerSample
    let place = entry * layout.bytesPerTuple + plane * bytes
    if bytes == 2 {
      storage.elements[place] = UInt8(truncatingIfNeeded: sample >> 8)
    }
    storage.elements[place + bytes - 1] = UInt8(truncatingIfNeeded: sample)
  }

  /// Copies color `number` of a palette of the same layout to color `entry`.
  func copy(_ number: Int, of other: Palette, to entry: Int) {
    let size = layout.bytesPerTuple
    (storage.base + entry * size).update(from: other.storage.base + number * size, count: size)
  }
}

extension Palette {
  /// Whether the last sample of a color, its opacity, is 0.
  @inline(__always)
  package func isTransparent(_ entry: Int) -> Bool { sample(plane: layout.depth - 1, of: entry) == 0 }

  /// Whether the last sample of a color, its opacity, is maxval.
  @inline(__always)
  package func isOpaque(_ entry: Int) -> Bool { sample(plane: layout.depth - 1, of: entry) == layout.maxval }
}
