import Clustering
import Memory
import Quantization
import Testing

struct CodeListTests {
  static let layouts = [1, 2, 3, 4].flatMap { depth in
    [255, 65535].map { TupleLayout(depth: depth, maxval: $0) }
  }

  /// Pixels in clouds, so that codes agree in their high bits and repeat, and the two ends of all codes.
  private func cloudy(
    _ count: Int, _ layout: TupleLayout, using generator: inout SplitMix64
  ) -> RawImage {
    let centers = (0..<5).map { _ in
      (0..<layout.depth).map { _ in Int(generator.draw(below: UInt64(layout.maxval - 15))) }
    }
    var pixels = (0..<count).map { _ in
      centers[Int(generator.draw(below: 5))].map { $0 + Int(generator.draw(below: 16)) }
    }
    pixels += [0, layout.maxval].map { [Int](repeating: $0, count: layout.depth) }
    return RawImage(pixels, layout: layout)
  }

  private func list(_ image: RawImage, piece: Int, waitingCount: Int) throws -> CodeList {
    let list = try CodeList(
      code: MortonCode(layout: image.layout), codes: Storage(count: 0), weights: Storage(count: 0),
      waitingCount: waitingCount)
    let bytes = image.bytes
    let step = piece * image.layout.bytesPerTuple
    for start in stride(from: 0, to: bytes.count, by: step) {
      try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { try list.add($0) }
    }
    return list
  }

  @Test(arguments: layouts)
  func countsEachTuple(layout: TupleLayout) throws {
    var generator = SplitMix64(seed: UInt64(layout.depth))
    let image = cloudy(3000, layout, using: &generator)
    let counts = image.counts
    let expected = counts.keys.sorted(by: precedesInMortonOrder)
    // Merged at once, now and then, and often; in order and not.
    for (piece, waitingCount) in [(5000, 5000), (5000, 700), (7, 700), (64, 1), (1000, 100), (1, 3002)] {
      let histogram = try list(image, piece: piece, waitingCount: waitingCount).histogram()
      #expect(firstDifference(histogram.plainTuples, expected) == nil)
      #expect(firstDifference(histogram.plainWeights, expected.map { counts[$0] ?? 0 }) == nil)
      #expect(histogram.pixelCount == image.pixels.count)
    }
  }

  @Test func countsOfOneColorAreExact() throws {
    let layout = TupleLayout(depth: 4, maxval: 65535)
    for color in [0, 65535] {
      let image = RawImage([[Int]](repeating: [Int](repeating: color, count: 4), count: 1000), layout: layout)
      let histogram = try list(image, piece: 1000, waitingCount: 64).histogram()
      #expect(histogram.plainTuples == [[color, color, color, color]])
      #expect(histogram.plainWeights == [1000])
    }
  }

  @Test(arguments: layouts)
  func mapGivesEachPixelTheTupleOfItsLabel(layout: TupleLayout) throws {
    var generator = SplitMix64(seed: UInt64(layout.depth + layout.maxval))
    let image = cloudy(2000, layout, using: &generator)
    let list = try list(image, piece: 100, waitingCount: 100)
    let tuples = try list.histogram().plainTuples
    for (labelCount, kind) in [(1, layout), (2, TupleLayout(depth: 3, maxval: 999)), (700, layout)] {
      let palette = RawImage(random: labelCount, layout: kind, using: &generator)
      let entries = try palette.bytes.withUnsafeBytes { try Palette(layout: kind, tuples: $0) }
      // Labels that change at every tuple, now and then, and where a high bit does.
      let labelings: [[Int]] = [
        tuples.map { _ in Int(generator.draw(below: UInt64(labelCount))) },
        tuples.indices.map { $0 / 9 % labelCount },
        tuples.map { $0[0] * 4 / (layout.maxval + 1) % labelCount },
      ]
      for (labels, cellLimit) in labelings.flatMap({ labels in [1, 2, 20, 1 << 19].map { (labels, $0) } }) {
        try labels.map(UInt32.init).withUnsafeBufferPointer { try list.setLabels($0, cellLimit: cellLimit) }
        let colors = Dictionary(uniqueKeysWithValues: zip(tuples, labels.map { palette.pixels[$0] }))
        let expected = RawImage.bytes(image.pixels.map { colors[$0] ?? [] }, kind)
        #expect(firstDifference(mapped(image.bytes, layout, by: list, to: entries), expected) == nil)
      }
    }
  }

  private func mapped(_ bytes: [UInt8], _ layout: TupleLayout, by list: CodeList, to palette: Palette)
    -> [UInt8]
  {
    let byteCount = bytes.count / layout.bytesPerTuple * palette.layout.bytesPerTuple
    var output = [UInt8](repeating: 0xa5, count: byteCount + 8)
    output.withUnsafeMutableBytes { output in
      bytes.withUnsafeBytes { bytes in
        list.map(
          bytes, to: palette.raw, into: UnsafeMutableRawBufferPointer(rebasing: output[0..<byteCount]))
      }
    }
    #expect(output.suffix(8).allSatisfy { $0 == 0xa5 })
    return output.dropLast(8)
  }
}
