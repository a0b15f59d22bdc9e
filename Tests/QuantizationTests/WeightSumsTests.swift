import Clustering
import Quantization
import Testing

struct WeightSumsTests {
  /// Weights of one byte and of two, given row by row to rows that come some at a time.
  @Test(arguments: [(1, 255), (3, 255), (3, 1000), (5, 65535)], [1, 255, 256, 65535])
  func sumsAreThoseOfThePixels(shape: (depth: Int, maxval: Int), maxval: Int) throws {
    var generator = SplitMix64(seed: 5)
    let width = 100
    let image = RawImage(
      random: 60 * width, layout: TupleLayout(depth: shape.depth, maxval: shape.maxval), using: &generator)
    let layout = TupleLayout(depth: 1, maxval: maxval)
    let weights = RawImage(random: 60 * width, layout: layout, using: &generator)
    let tally = try image.tally()
    let histogram = try tally.histogram()
    var sums = try WeightSums(histogram, TupleNumbers(tally, histogram, threadCount: 1))
    let bytesPerRow = image.bytes.count / 60
    try image.bytes.withUnsafeBytes { rows in
      try weights.bytes.withUnsafeBytes { source in
        var rest = source[...]
        for run in [0..<1, 1..<40, 40..<60] {
          let rows = rows[run.lowerBound * bytesPerRow..<run.upperBound * bytesPerRow]
          try sums.add(UnsafeRawBufferPointer(rebasing: rows), width: width, layout: layout) {
            defer { rest = rest.dropFirst(width * layout.bytesPerTuple) }
            return UnsafeRawBufferPointer(rebasing: rest.prefix(width * layout.bytesPerTuple))
          }
        }
        #expect(rest.isEmpty)
      }
    }
    var expected = [[Int]: Int]()
    for (tuple, weight) in zip(image.pixels, weights.pixels) {
      expected[tuple, default: 0] += weight[0]
    }
    #expect(sums.sums.values == histogram.plainTuples.map { expected[$0] ?? 0 })
    #expect(sums.total == weights.pixels.reduce(0) { $0 + $1[0] } && !sums.isTooLarge)
  }
}
