import Clustering
import Memory
import Testing

@Suite struct PairTableTests {
  /// Against a dictionary, with pairs that come again and those turned round.
  @Test func holdsWhatADictionaryHolds() throws {
    var generator = SplitMix64(seed: 5)
    var table = try PairTable()
    var expected: [[Int]: Int] = [:]
    for value in 0..<20_000 {
      let pair = [Int.random(in: 0..<150, using: &generator), Int.random(in: 0..<150, using: &generator)]
      expected[pair] = value
      try table.set(value, for: pair[0], pair[1])
    }
    #expect(table.count == expected.count && expected.count > 10_000)
    let wrong = (0..<160 * 160).filter { table[$0 / 160, $0 % 160] != expected[[$0 / 160, $0 % 160]] }
    #expect(wrong.isEmpty)
  }
}
