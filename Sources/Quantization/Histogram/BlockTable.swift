/// Counts tuples of four 8-bit samples in blocks of 2 x 2 x 2 x 2 colors, which a hash table with open addressing
/// finds.
///
/// A `DirectTable` of which only the blocks with pixels are there: an entry is one byte, a count that has reached 256
/// goes back to 1 and leaves a note in `carries`, which stands for 255 pixels. Once counted, the same bytes hold the
/// labels, if 256 are enough. Memory follows the blocks, 27 to 54 bytes for each, more while the table grows.
final class BlockTable {
  private let code: MortonCode
  private let contributions: [UInt32]

  /// For each slot one more than the number of its block, that is, the high 28 bits of its codes; 0 if it is free.
  private var keys: Storage<UInt32>

  /// The 16 entries of each slot.
  private var counts: Storage<UInt8>

  private var usedCount = 0
  private var slotBits = BlockTable.firstSlotBits
  private var carries: GrowingStorage<UInt32>

  /// The blocks in order, and which of the colors of each there are.
  private var order: Storage<UInt64>?
  private var marks: Storage<UInt16>?

  /// The label of each color and, for each slot, the first color of its block, if there are more than 256 labels;
  /// an entry is then the place of its color among those of the block.
  private var wideLabels: (labels: Storage<UInt32>, firsts: Storage<UInt32>)?

  private static let firstSlotBits = 11
  private static let pieceLimit = 1024

  /// So many blocks ahead memory is asked for when going through them in order.
  private static let lead = 16

  init(code: MortonCode) throws {
    precondition(code.layout.bytesPerTuple == 4 && code.layout.bytesPerSample == 1)
    self.code = code
    keys = try Storage(count: 1 << Self.firstSlotBits)
    counts = try Storage(count: 16 << Self.firstSlotBits)
    carries = try GrowingStorage()
    contributions = code.withContributions { table in
      (0..<1024).map { UInt32(table[$0]) }
    }
  }

  private var slots: BlockSlots {
    BlockSlots(keys: keys.base, entries: counts.base, bits: slotBits)
  }

  func add(_ tuples: UnsafeRawBufferPointer) throws {
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress else { return }
    let pixelCount = tuples.count / 4
    var start = 0
    while start < pixelCount {
      let end = min(start + Self.pieceLimit, pixelCount)
      // Room for every tuple of a piece to begin a block and to leave a note.
      while 4 * (usedCount + end - start) > 3 * keys.elements.count {
        try grow()
      }
      try carries.reserve(end - start)
      contributions.withUnsafeBufferPointer { contributions in
        guard let parts = contributions.baseAddress, let notes = carries.end else { return }
        let found = slots.tally(source + 4 * start, end - start, parts, notes)
        usedCount += found.blockCount
        carries.count += found.noteCount
      }
      start = end
    }
  }

  private func grow() throws {
    let isLarge = slotBits >= Self.hugePageBits
    let grownKeys = try Storage<UInt32>(count: 2 << slotBits, hugePages: isLarge)
    let grownCounts = try Storage<UInt8>(count: 32 << slotBits, hugePages: isLarge)
    let grown = BlockSlots(keys: grownKeys.base, entries: grownCounts.base, bits: slotBits + 1)
    slots.move(to: grown)
    (keys, counts) = (grownKeys, grownCounts)
    slotBits += 1
  }

  /// From tables of so many slots, as a power of two, on a grown one fills some huge pages.
  private static let hugePageBits = 17

  func histogram() throws -> Histogram {
    let order = try Storage<UInt64>(count: usedCount)
    let marks = try Storage<UInt16>(count: usedCount)
    slots.listBlocks(into: order.base)
    try sortByRadix(order.elements)
    var colorCount = 0
    for index in 0..<usedCount {
      slots.prepare(BlockSlots.slot(order.base[min(index + Self.lead, usedCount - 1)]))
      let mark = slots.mark(of: BlockSlots.slot(order.base[index]))
      marks.base[index] = mark
      colorCount += mark.nonzeroBitCount
    }
    let histogram = try Histogram(layout: code.layout, count: colorCount)
    let samples = histogram.samples.base
    var color = 0
    for index in 0..<usedCount {
      let slot = BlockSlots.slot(order.base[index])
      slots.prepare(BlockSlots.slot(order.base[min(index + Self.lead, usedCount - 1)]))
      forEachBit(of: marks.base[index]) { entry in
        let key = BlockSlots.block(order.base[index]) << 4 | UInt64(entry)
        histogram.weights.base[color] = Int(counts.base[16 * slot + entry])
        for plane in 0..<4 {
          samples[plane &* colorCount &+ color] = code.sample(key, plane: plane)
        }
        color &+= 1
      }
    }
    (self.order, self.marks) = (order, marks)
    addCarries(to: histogram)
    return histogram
  }

  /// Adds 255 pixels for each note, finding its color among the sorted ones.
  private func addCarries(to histogram: Histogram) {
    guard let order, let marks, carries.count > 0 else { return }
    var notes = carries.elements
    notes.sort()
    var index = 0
    var first = 0
    for note in notes {
      while BlockSlots.block(order.base[index]) != UInt64(note >> 4) {
        first += marks.base[index].nonzeroBitCount
        index += 1
      }
      let before = marks.base[index] & (1 << UInt16(note & 15) - 1)
      histogram.weights.base[first + before.nonzeroBitCount] += 255
    }
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>, labelCount: Int) throws {
    guard let order, let marks else { preconditionFailure("labels come after the histogram") }
    let isWide = labelCount > 256
    let wide =
      isWide ? (try Storage<UInt32>(count: labels.count), try Storage<UInt32>(count: keys.elements.count)) : nil
    _ = wide?.0.elements.update(fromContentsOf: labels)
    var color = 0
    for index in 0..<usedCount {
      let slot = BlockSlots.slot(order.base[index])
      slots.prepare(BlockSlots.slot(order.base[min(index + Self.lead, usedCount - 1)]))
      wide?.1.base[slot] = UInt32(truncatingIfNeeded: color)
      var place: UInt32 = 0
      forEachBit(of: marks.base[index]) { entry in
        counts.base[16 * slot + entry] = UInt8(truncatingIfNeeded: isWide ? place : labels[color])
        color += 1
        place += 1
      }
    }
    wideLabels = wide
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) {
    contributions.withUnsafeBufferPointer { contributions in
      guard let parts = contributions.baseAddress,
        let source = tuples.bindMemory(to: UInt8.self).baseAddress,
        let target = output.baseAddress, let colors = palette.baseAddress
      else { return }
      if let wideLabels {
        let (labels, firsts) = (wideLabels.labels.base, wideLabels.firsts.base)
        slots.map(source, tuples.count / 4, parts, into: target) { slot, entry in
          colors + 4 * Int(labels[Int(firsts[slot]) + Int(entry)])
        }
      } else {
        slots.map(source, tuples.count / 4, parts, into: target) { _, entry in
          colors + 4 * Int(entry)
        }
      }
    }
  }
}

/// Calls `body` with the place of each bit that is set, the lowest first.
@inline(__always)
private func forEachBit(of mark: UInt16, _ body: (Int) -> Void) {
  var rest = mark
  while rest != 0 {
    body(rest.trailingZeroBitCount)
    rest &= rest &- 1
  }
}
