/// Counts tuples of up to three 8-bit samples in a table with an entry for each possible one, in Morton order: a
/// cache line holds a block of 4 x 4 x 4 colors, and scanning the table gives the distinct tuples sorted.
///
/// An entry is one byte. A count that has reached 256 goes back to 1 and leaves a note in `carries`, which stands
/// for 255 pixels. Once counted, the same bytes hold the labels, if 256 are enough.
final class DirectTable {
  private let code: MortonCode
  private let counts: Storage<UInt8>
  private var carries: Carries
  private var pixelCount = 0

  /// Where the distinct tuples are in the table, in order; more room than there are of them.
  private var positions: Storage<UInt32>?
  private var colorCount = 0
  private var wideLabels: Storage<UInt32>?
  private let contributions: [UInt32]

  init(code: MortonCode) throws {
    self.code = code
    counts = try Storage(count: 1 << code.bitCount, hugePages: code.bitCount > 20)
    carries = try Carries()
    contributions = code.withContributions { table in
      (0..<256 * code.layout.depth).map { UInt32(table[$0]) }
    }
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

  func histogram() throws -> Histogram {
    let entryCount = counts.elements.count
    let positions = try Storage<UInt32>(count: min(entryCount, pixelCount))
    let colorCount = collectNonzeroBytes(counts.base, entryCount, into: positions.base)
    self.colorCount = colorCount
    let histogram = try Histogram(layout: code.layout, count: colorCount)
    for index in 0..<colorCount {
      let position = positions.base[index]
      histogram.weights.base[index] = Int(counts.base[Int(position)])
      for plane in 0..<code.layout.depth {
        histogram.samples.base[plane &* colorCount &+ index] = code.sample(UInt64(position), plane: plane)
      }
    }
    try addCarries(to: histogram, positions: positions.base)
    self.positions = positions
    return histogram
  }

  /// Adds 255 pixels for each note, finding its color among the sorted ones.
  private func addCarries(to histogram: Histogram, positions: UnsafePointer<UInt32>) throws {
    var color = 0
    for carry in try carries.sum() {
      while positions[color] < carry.place {
        color += 1
      }
      histogram.weights.elements[color] += 255 * carry.count
    }
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>, labelCount: Int) throws {
    guard let positions else { preconditionFailure("labels come after the histogram") }
    if labelCount <= 256 {
      for index in 0..<colorCount {
        counts.base[Int(positions.base[index])] = UInt8(truncatingIfNeeded: labels[index])
      }
      wideLabels = nil
    } else {
      let table = try wideLabels ?? Storage<UInt32>(count: 1 << code.bitCount)
      for index in 0..<colorCount {
        table.base[Int(positions.base[index])] = labels[index]
      }
      wideLabels = table
    }
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: Palette, into output: UnsafeMutableRawBufferPointer
  ) {
    contributions.withUnsafeBufferPointer { contributions in
      guard let parts = contributions.baseAddress,
        let source = tuples.bindMemory(to: UInt8.self).baseAddress,
        let target = output.bindMemory(to: UInt8.self).baseAddress,
        let colors = palette.tuples.bindMemory(to: UInt8.self).baseAddress
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
