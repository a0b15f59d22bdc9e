import Clustering
import Quantization
import Testing

struct TupleNumbersTests {
  /// Through each of the tables that a tally has, with more tuples than two bytes could number.
  @Test(arguments: [(1, 255), (3, 255), (3, 65535), (5, 255), (9, 255)])
  func numbersLeadBackToTheTuples(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: 8)
    let image = RawImage(
      random: 200_000, layout: TupleLayout(depth: depth, maxval: maxval), using: &generator)
    let tally = try image.tally()
    let histogram = try tally.histogram()
    let tuples = histogram.plainTuples
    let numbers = try TupleNumbers(tally, histogram, threadCount: 2)
    var found = [Int]()
    try image.bytes.withUnsafeBytes { try numbers.map($0, width: 1000) { found += $0.map(Int.init) } }
    #expect(found.count == image.pixels.count)
    #expect(zip(found, image.pixels).allSatisfy { tuples[$0] == $1 })
  }
}
