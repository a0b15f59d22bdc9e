import Clustering
import Memory
import Quantization
import Testing

/// Tallies with a limit for different tuples.
struct DroppedBitsTests {
  private static let limit = 1 << 16

  /// The tuples as cells, and the pixels of each, by the definition.
  private func plain(_ pixels: [[Int]], _ layout: TupleLayout) -> (dropped: Int, cells: [[Int]: Int]) {
    var dropped = 0
    while Set(pixels.map { $0.map { $0 >> dropped } }).count > Self.limit { dropped += 1 }
    var cells: [[Int]: Int] = [:]
    for pixel in pixels { cells[pixel.map { middle($0, dropped, layout) }, default: 0] += 1 }
    return (dropped, cells)
  }

  /// What stands for a sample: its cell's middle, or the end of the range.
  private func middle(_ sample: Int, _ dropped: Int, _ layout: TupleLayout) -> Int {
    guard dropped > 0 else { return sample }
    let first = (sample >> dropped) << dropped
    if first == 0 { return 0 }
    return first + (1 << dropped) > layout.maxval ? layout.maxval : first + 1 << (dropped - 1)
  }

  @Test(arguments: [
    TupleLayout(depth: 3, maxval: 255), TupleLayout(depth: 3, maxval: 65535),
    TupleLayout(depth: 3, maxval: 1000), TupleLayout(depth: 4, maxval: 255),
    TupleLayout(depth: 2, maxval: 65535), TupleLayout(depth: 8, maxval: 255),
  ])
  func tooManyTuplesAreCells(layout: TupleLayout) throws {
    var generator = SplitMix64(seed: 5)
    // A few of many pixels, many of one.
    var pixels = RawImage(random: 150_000, layout: layout, using: &generator).pixels
    pixels += (0..<50_000).map { pixels[$0 % 7] }
    let expected = plain(pixels, layout)
    #expect(expected.dropped > 0)
    var weights: [[Int]] = []
    for order in [pixels, pixels.reversed(), pixels.shuffled(using: &generator)] {
      let bytes = RawImage(order, layout: layout).bytes
      let tally = try Tally(layout: layout, expectedCount: order.count, limit: Self.limit)
      try bytes.withUnsafeBytes { raw in
        // In parts, so that bits are given up on the way.
        let part = 30_000 * layout.bytesPerTuple
        for start in stride(from: 0, to: raw.count, by: part) {
          try tally.add(UnsafeRawBufferPointer(rebasing: raw[start..<min(start + part, raw.count)]))
        }
      }
      let histogram = try tally.histogram()
      #expect(tally.droppedBitCount == expected.dropped)
      #expect(histogram.count == expected.cells.count)
      let tuples = histogram.plainTuples
      #expect(tuples.map { expected.cells[$0] ?? 0 } == histogram.plainWeights)
      weights.append(histogram.plainWeights)
      // Each pixel finds its cell.
      let palette = try RawImage.bytes(tuples, layout).withUnsafeBytes {
        try Palette(layout: layout, tuples: $0)
      }
      let labels = try Storage<UInt32>(count: histogram.count)
      for index in 0..<histogram.count { labels.elements[index] = UInt32(index) }
      try tally.setLabels(UnsafeBufferPointer(labels.elements), labelCount: histogram.count)
      var output = [UInt8](repeating: 0, count: bytes.count)
      bytes.withUnsafeBytes { source in
        output.withUnsafeMutableBytes { tally.map(source, to: palette.raw, into: $0) }
      }
      let mapped = order.map { $0.map { middle($0, expected.dropped, layout) } }
      let isEqual = output == RawImage.bytes(mapped, layout)
      #expect(isEqual)
    }
    #expect(weights.allSatisfy { $0 == weights[0] })
  }

  @Test func aLimitThatIsKeptChangesNothing() throws {
    var generator = SplitMix64(seed: 6)
    for layout in [TupleLayout(depth: 3, maxval: 255), TupleLayout(depth: 3, maxval: 65535)] {
      let image = RawImage(random: 60_000, layout: layout, using: &generator)
      let tally = try Tally(layout: layout, expectedCount: 60_000, limit: Self.limit)
      try image.bytes.withUnsafeBytes(tally.add)
      let histogram = try tally.histogram()
      #expect(tally.droppedBitCount == 0)
      #expect(firstDifference(histogram.plainTuples, try image.tally().histogram().plainTuples) == nil)
    }
  }
}
