import Clustering
import Quantization
import Testing

struct OverflowCountsTests {
  /// So many pixels of few colors that notes are summed up on the way; counted by plain integers, too.
  @Test func hundredsOfMillionsOfPixelsAreCounted() throws {
    let layout = TupleLayout(depth: 1, maxval: 255)
    let tally = try Tally(layout: layout, expectedCount: .max)
    var expected = [Int](repeating: 0, count: 256)
    var generator = SplitMix64(seed: 1)
    let row = (0..<1 << 20).map { _ in UInt8(truncatingIfNeeded: generator.draw(below: 7) * 36) }
    for sample in row { expected[Int(sample)] += 600 }
    try row.withUnsafeBytes { bytes in
      for _ in 0..<600 { try tally.add(bytes) }
    }
    let histogram = try tally.histogram()
    #expect(histogram.plainTuples == expected.indices.filter { expected[$0] > 0 }.map { [$0] })
    #expect(histogram.plainWeights == expected.filter { $0 > 0 })
  }
}
