import Memory

/// Counts tuples of up to three 8-bit samples in a table that has one byte for each possible tuple.
///
/// The table is in Morton order. A cache line therefore holds a block of 4 x 4 x 4 colors, and a scan of the table
/// finds the distinct tuples in sorted order. If a count reaches 256, it is reset to 1, and the other 255 pixels are
/// recorded in `carries`. After counting, the bytes hold the labels if there are at most 256 labels.
final class DirectTable {
  private let code: MortonCode
  private let counts: Storage<UInt8>
  private var carries: OverflowCounts
  private var pixelCount = 0

  /// The table indices of the distinct tuples, ascending. Only the first `colorCount` elements are used. The memory is
  /// used again for the next image.
  private var positions: Storage<UInt32>?

  /// Whether `positions` has the tuples of the current image.
  private var isCollected = false
  private var colorCount = 0
  private var wideLabels: Storage<UInt32>?
  private let contributions: [UInt32]

  /// The bits of each sample that have been dropped, because there were too many distinct tuples, and the number of
  /// cells that remain.
  private var coarseness: DroppedBits
  private var cellCount = 0

  /// - Parameters:
  ///   - code: The Morton code of the tuples, which is their index in the table.
  ///   - limit: Maximum number of distinct tuples. If there are more, similar tuples are merged; nil is no limit.
  /// - Throws: `OutOfMemory`.
  init(code: MortonCode, limit: Int? = nil) throws {
    self.code = code
    coarseness = DroppedBits(code, limit: limit)
    counts = try Storage(count: 1 << code.bitCount, hugePages: code.bitCount > 20)
    carries = try OverflowCounts()
    contributions = code.withContributions { table in
      (0..<256 * code.layout.depth).map { UInt32(table[$0]) }
    }
  }

  /// Resets the table for another image. Clearing the used bytes takes less time than allocating a new table.
  ///
  /// - Throws: `OutOfMemory`.
  func clear() throws {
    if isCollected, let positions {
      for index in 0..<colorCount {
        counts.base[Int(positions.base[index])] = 0
      }
    } else {
      counts.elements.update(repeating: 0)
    }
    isCollected = false
    colorCount = 0
    cellCount = 0
    pixelCount = 0
    carries = try OverflowCounts()
    coarseness = DroppedBits(code, limit: coarseness.limit)
  }

  func add(_ tuples: UnsafeRawBufferPointer) throws {
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let table = counts.elements.baseAddress
    else { return }
    let pixelCount = tuples.count / code.layout.bytesPerTuple
    self.pixelCount += pixelCount
    try carries.append(limit: pixelCount) { notes in
      contributions.withUnsafeBufferPointer { contributions in
        guard let parts = contributions.baseAddress else { return 0 }
        return switch code.layout.depth {
        case 1: tallySamples(source, pixelCount, parts, table, notes)
        case 2: tallyPairs(source, pixelCount, parts, table, notes)
        default: tallyTriples(source, pixelCount, parts, table, notes)
        }
      }
    }
  }

  /// Number of lowest bits of each sample that are ignored.
  var droppedBitCount: Int { coarseness.bitCount }

  func histogram() throws -> Histogram {
    let entryCount = counts.elements.count
    let capacity = min(entryCount, pixelCount)
    let kept = positions.flatMap { $0.elements.count >= capacity ? $0 : nil }
    let positions = try kept ?? Storage<UInt32>(count: capacity)
    colorCount = collectNonzeroBytes(counts.base, entryCount, into: positions.base)
    self.positions = positions
    isCollected = true
    cellCount = colorCount
    if coarseness.coarsen(colorCount, at: { UInt64(positions.base[$0]) }) {
      cellCount = 0
      forEachColor { _, cell in cellCount = cell + 1 }
    }
    let histogram = try Histogram(layout: code.layout, count: cellCount)
    if code.layout.depth == 3 && coarseness.bitCount == 0 {
      fillTriples(histogram, positions)
      try addCarries(to: histogram)
      return histogram
    }
    var last = -1
    forEachColor { position, cell in
      histogram.weights.base[cell] += Int(counts.base[Int(position)])
      guard cell != last else { return }
      last = cell
      for plane in 0..<code.layout.depth {
        histogram.samples.base[plane &* cellCount &+ cell] = coarseness.sample(UInt64(position), plane: plane)
      }
    }
    try addCarries(to: histogram)
    return histogram
  }

  /// Fills the histogram of colors of three bytes. Each half of a code has four bits of each sample.
  private func fillTriples(_ histogram: Histogram, _ positions: Storage<UInt32>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << 12) { halves in
      for half in 0..<halves.count {
        halves[half] = (0..<3).reduce(0) {
          $0 | UInt32(code.sample(UInt64(half), plane: $1)) << UInt32(8 * $1)
        }
      }
      let samples = histogram.samples.base
      for color in 0..<colorCount {
        let position = positions.base[color]
        let triple = halves[Int(position >> 12)] << 4 | halves[Int(position & 0xfff)]
        samples[color] = UInt16(triple & 0xff)
        samples[colorCount &+ color] = UInt16(triple >> 8 & 0xff)
        samples[2 &* colorCount &+ color] = UInt16(triple >> 16)
        histogram.weights.base[color] = Int(counts.base[Int(position)])
      }
    }
  }

  /// Calls `body` with the table index of each color, ascending, and the number of its cell.
  @inline(__always)
  private func forEachColor(_ body: (_ position: UInt32, _ cell: Int) -> Void) {
    guard isCollected, let positions else { preconditionFailure("the colors have not been collected") }
    let shift = UInt32(coarseness.codeBitCount)
    var cell = 0
    for index in 0..<colorCount {
      let position = positions.base[index]
      if index > 0 && (position ^ positions.base[index &- 1]) >> shift != 0 { cell &+= 1 }
      body(position, cell)
    }
  }

  /// Adds 255 pixels for each recorded carry.
  private func addCarries(to histogram: Histogram) throws {
    let sums = try carries.sum()
    var next = 0
    forEachColor { position, cell in
      if next < sums.count && sums[next].place == position {
        histogram.weights.base[cell] += 255 * sums[next].count
        next += 1
      }
    }
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>, labelCount: Int) throws {
    if labelCount <= 256 {
      forEachColor { position, cell in
        counts.base[Int(position)] = UInt8(truncatingIfNeeded: labels[cell])
      }
      wideLabels = nil
    } else {
      let table = try wideLabels ?? Storage<UInt32>(count: 1 << code.bitCount)
      forEachColor { position, cell in
        table.base[Int(position)] = labels[cell]
      }
      wideLabels = table
    }
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    contributions.withUnsafeBufferPointer { contributions in
      guard let parts = contributions.baseAddress,
        let source = tuples.bindMemory(to: UInt8.self).baseAddress,
        let target = output.bindMemory(to: UInt8.self).baseAddress,
        let colors = palette.bytes.bindMemory(to: UInt8.self).baseAddress
      else { return }
      let run = TupleRun(
        source: source, target: target, count: tuples.count / code.layout.bytesPerTuple,
        depth: code.layout.depth, parts: parts, palette: colors,
        bytesPerColor: palette.layout.bytesPerTuple)
      if let labels = wideLabels?.elements.baseAddress {
        run.map(through: labels)
      } else if let labels = counts.elements.baseAddress {
        if run.depth == 3 && run.bytesPerColor == 3 {
          run.mapTriples(through: labels, colorCount: palette.count)
        } else {
          run.map(through: labels)
        }
      }
    }
  }
}
