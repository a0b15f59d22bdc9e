import Memory

/// Counts tuples of any depth in a hash table.
///
/// Memory is proportional to the number of distinct tuples. Each takes at most twice its bytes, and 24 to 48 bytes
/// more.
final class TupleTable {
  private let layout: TupleLayout
  private var tuples: GrowingStorage<UInt8>
  private var weights: GrowingStorage<Int>

  /// For each slot, one more than the number of its tuple; 0 in a free slot. Tuples are numbered in order of arrival.
  private var slots: Storage<Int>

  /// The label of each tuple, by number.
  private var labels: Storage<UInt32>?

  /// The numbers of the tuples in the histogram's order.
  private var order: Storage<Int>?

  init(layout: TupleLayout) throws {
    self.layout = layout
    tuples = try GrowingStorage()
    weights = try GrowingStorage()
    slots = try Storage(count: 1024)
  }

  func add(_ run: UnsafeRawBufferPointer) throws {
    let byteCount = layout.bytesPerTuple
    for pixel in 0..<run.count / byteCount {
      let tuple = UnsafeRawBufferPointer(rebasing: run[pixel * byteCount..<(pixel + 1) * byteCount])
      let slot = self.slot(of: tuple)
      if slots.elements[slot] != 0 {
        weights.elements[slots.elements[slot] - 1] += 1
      } else {
        try insert(tuple, at: slot)
      }
    }
  }

  /// Number of distinct tuples.
  var count: Int { weights.count }

  /// Adds pixels of one tuple.
  ///
  /// - Parameters:
  ///   - tuple: The bytes of the tuple.
  ///   - count: Number of pixels, at least 1.
  /// - Returns: Whether the sum fits in an `Int`. If it does not, the count does not change.
  /// - Throws: `OutOfMemory`.
  func add(_ tuple: UnsafeRawBufferPointer, count: Int) throws -> Bool {
    var slot = self.slot(of: tuple)
    if slots.elements[slot] == 0 {
      try insert(tuple, at: slot)
      slot = self.slot(of: tuple)
      weights.elements[slots.elements[slot] - 1] = 0
    }
    let number = slots.elements[slot] - 1
    let (sum, overflow) = weights.elements[number].addingReportingOverflow(count)
    if !overflow { weights.elements[number] = sum }
    return !overflow
  }

  private func insert(_ tuple: UnsafeRawBufferPointer, at slot: Int) throws {
    try tuples.reserve(tuple.count)
    if let end = tuples.end {
      UnsafeMutableRawBufferPointer(start: end, count: tuple.count).copyMemory(from: tuple)
    }
    tuples.count += tuple.count
    try weights.append(1)
    slots.elements[slot] = weights.count
    if 2 * weights.count > slots.elements.count {
      try grow()
    }
  }

  private func grow() throws {
    slots = try Storage(count: 2 * slots.elements.count)
    for number in 0..<weights.count {
      slots.elements[slot(of: tuple(number))] = number + 1
    }
  }

  /// The bytes of a tuple, by number.
  private func tuple(_ number: Int) -> UnsafeRawBufferPointer {
    let byteCount = layout.bytesPerTuple
    return UnsafeRawBufferPointer(
      rebasing: UnsafeRawBufferPointer(tuples.elements)[number * byteCount..<(number + 1) * byteCount])
  }

  /// The slot of `tuple`, or a free slot for it.
  private func slot(of tuple: UnsafeRawBufferPointer) -> Int {
    // FNV-1a (Fowler, Noll, Vo), then a multiplication that carries differences of the low bits to the high bits.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in tuple {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    let mask = slots.elements.count - 1
    var slot = Int(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) >> 16) & mask
    while slots.elements[slot] != 0 && !tuple.elementsEqual(self.tuple(slots.elements[slot] - 1)) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  func histogram() throws -> Histogram {
    let count = weights.count
    let histogram = try Histogram(layout: layout, count: count)
    let order = try Storage<Int>(count: count)
    for number in 0..<count {
      order.elements[number] = number
    }
    try sortByMerging(order.elements) { precedes(tuple($0), tuple($1)) }
    for (index, number) in order.elements.enumerated() {
      histogram.weights.elements[index] = weights.elements[number]
      for plane in 0..<layout.depth {
        histogram.samples.elements[plane * count + index] = sample(tuple(number), plane)
      }
    }
    self.order = order
    return histogram
  }

  /// Whether one tuple comes before another in Morton order.
  ///
  /// The plane with the highest differing bit decides, so no code is computed.
  ///
  /// Chan, "Closest-point problems simplified on the RAM", SODA 2002.
  private func precedes(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
    var widest: UInt16 = 0
    var isBefore = false
    for plane in 0..<layout.depth {
      let a = sample(first, plane)
      let b = sample(second, plane)
      let difference = a ^ b
      // The highest bit of `difference` is above that of `widest`.
      if widest < difference && widest < widest ^ difference {
        widest = difference
        isBefore = a < b
      }
    }
    return isBefore
  }

  private func sample(_ tuple: UnsafeRawBufferPointer, _ plane: Int) -> UInt16 {
    layout.bytesPerSample == 1
      ? UInt16(tuple[plane]) : UInt16(tuple[2 * plane]) << 8 | UInt16(tuple[2 * plane + 1])
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>) throws {
    guard let order else { preconditionFailure("labels come after the histogram") }
    let table = try self.labels ?? Storage<UInt32>(count: order.elements.count)
    for (index, number) in order.elements.enumerated() {
      table.elements[number] = labels[index]
    }
    self.labels = table
  }

  func map(
    _ run: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    guard let labels else { preconditionFailure("mapping comes after the labels") }
    let byteCount = layout.bytesPerTuple
    let bytesPerColor = palette.layout.bytesPerTuple
    for pixel in 0..<run.count / byteCount {
      let range = pixel * byteCount..<(pixel + 1) * byteCount
      let number = slots.elements[slot(of: UnsafeRawBufferPointer(rebasing: run[range]))] - 1
      let label = Int(labels.elements[number])
      UnsafeMutableRawBufferPointer(
        rebasing: output[pixel * bytesPerColor..<(pixel + 1) * bytesPerColor]
      ).copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: palette.bytes[label * bytesPerColor..<(label + 1) * bytesPerColor]))
    }
  }
}
