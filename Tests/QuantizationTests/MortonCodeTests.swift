import Clustering
import Quantization
import Testing

struct MortonCodeTests {
  /// Depths and maxvals of tuples of up to eight bytes.
  static let shapes = (1...8).map { ($0, 255) } + (1...4).map { ($0, 65535) }

  /// The code of a tuple, put together from what its bytes add.
  private func code(_ tuple: [Int], _ morton: MortonCode, bytesPerSample: Int) -> UInt64 {
    let bytes = tuple.flatMap { bytesPerSample == 1 ? [$0] : [$0 >> 8, $0 & 0xff] }
    return morton.withContributions { table in
      bytes.enumerated().reduce(0) { $0 | table[256 * $1.offset + $1.element] }
    }
  }

  private func tuples(_ layout: TupleLayout, count: Int) -> [[Int]] {
    var generator = SplitMix64(seed: UInt64(layout.depth))
    // Every power of two in every plane, and tuples anywhere.
    var tuples = [[Int]]()
    for plane in 0..<layout.depth {
      for bit in 0..<8 * layout.bytesPerSample {
        var tuple = [Int](repeating: 0, count: layout.depth)
        tuple[plane] = 1 << bit
        tuples.append(tuple)
      }
    }
    for _ in 0..<count {
      tuples.append((0..<layout.depth).map { _ in Int(generator.draw(below: UInt64(layout.maxval + 1))) })
    }
    return tuples
  }

  @Test(arguments: shapes)
  func samplesComeBack(depth: Int, maxval: Int) {
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let morton = MortonCode(layout: layout)
    #expect(morton.bitCount == depth * (maxval > 255 ? 16 : 8))
    for tuple in tuples(layout, count: 200) {
      let code = code(tuple, morton, bytesPerSample: layout.bytesPerSample)
      #expect((0..<depth).map { Int(morton.sample(code, plane: $0)) } == tuple)
      #expect(morton.bitCount == 64 || code >> UInt64(morton.bitCount) == 0)
    }
  }

  @Test(arguments: shapes)
  func codesAreInZOrder(depth: Int, maxval: Int) {
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let morton = MortonCode(layout: layout)
    let tuples = tuples(layout, count: 300).sorted(by: precedesInMortonOrder)
    let codes = tuples.map { code($0, morton, bytesPerSample: layout.bytesPerSample) }
    #expect(firstDifference(codes, codes.sorted()) == nil)
  }

  @Test func firstPlaneHasTheHigherBit() {
    let morton = MortonCode(layout: TupleLayout(depth: 3, maxval: 255))
    #expect(code([1, 0, 0], morton, bytesPerSample: 1) == 0b100)
    #expect(code([0, 1, 0], morton, bytesPerSample: 1) == 0b010)
    #expect(code([0, 0, 1], morton, bytesPerSample: 1) == 0b001)
    #expect(code([0, 2, 1], morton, bytesPerSample: 1) == 0b010_001)
  }
}
