import Clustering
import Quantization
import Testing

struct TallyTests {
  static let depths = [1, 2, 3, 4, 5, 8, 9]
  static let maxvals = [1, 255, 1000, 65535]

  /// Pixels from which on tuples of three bytes are counted in the direct table; below they are hashed.
  private let many = 1 << 20

  /// Checks that a histogram holds each tuple of an image once, sorted, with its count.
  private func expect(
    _ histogram: Histogram, counts image: RawImage, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(histogram.layout == image.layout, sourceLocation: sourceLocation)
    expect(histogram, holds: image.counts, sourceLocation: sourceLocation)
  }

  private func expect(
    _ histogram: Histogram, holds counts: [[Int]: Int], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected = counts.keys.sorted(by: precedesInMortonOrder)
    #expect(histogram.count == expected.count, sourceLocation: sourceLocation)
    #expect(firstDifference(histogram.plainTuples, expected) == nil, sourceLocation: sourceLocation)
    #expect(
      firstDifference(histogram.plainWeights, expected.map { counts[$0] ?? 0 }) == nil,
      sourceLocation: sourceLocation)
    #expect(histogram.pixelCount == counts.values.reduce(0, +), sourceLocation: sourceLocation)
  }

  @Test(arguments: depths, maxvals)
  func countsEachTuple(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth * maxval))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    // Enough for the hash tables to grow twice.
    let image = RawImage(random: 2400, layout: layout, using: &generator)
    expect(try image.tally(expectedCount: 1).histogram(), counts: image)
    if layout.bytesPerTuple == 3 {
      expect(try image.tally(expectedCount: many).histogram(), counts: image)
    }
  }

  @Test(arguments: depths, [255, 65535])
  func piecesMayHaveAnySize(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let image = RawImage(random: 1100, layout: layout, using: &generator)
    let counts = image.counts
    for piece in [1, 3, 5, 1023, 1024, 1025] {
      expect(try image.tally(piece: piece).histogram(), holds: counts)
    }
    if layout.bytesPerTuple == 3 {
      for piece in [3, 5, 1025] {
        expect(try image.tally(piece: piece, expectedCount: many).histogram(), holds: counts)
      }
    }
  }

  @Test(arguments: depths, [255, 65535])
  func orderOfPixelsDoesNotMatter(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    var image = RawImage(random: 1000, layout: layout, using: &generator)
    let first = try image.tally().histogram()
    image.pixels.shuffle(using: &generator)
    let second = try image.tally().histogram()
    #expect(firstDifference(first.plainTuples, second.plainTuples) == nil)
    #expect(firstDifference(first.plainWeights, second.plainWeights) == nil)
  }

  @Test(arguments: [1, 2, 3, 4, 5])
  func countsOfOneColorAreExact(depth: Int) throws {
    let layout = TupleLayout(depth: depth, maxval: 255)
    for count in [1, 2, 254, 255, 256, 257, 509, 510, 511, 512, 765, 766, 767, 100_000] {
      let color = [Int](repeating: 77, count: depth)
      let image = RawImage([[Int]](repeating: color, count: count), layout: layout)
      let histogram = try image.tally(expectedCount: many).histogram()
      #expect(histogram.plainTuples == [color])
      #expect(histogram.plainWeights == [count])
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5], [Int.max, 1000, 255])
  func countsOfInterleavedColorsAreExact(depth: Int, piece: Int) throws {
    let layout = TupleLayout(depth: depth, maxval: 255)
    var left = [1, 254, 255, 256, 257, 509, 510, 511, 512, 3000]
    var pixels = [[Int]]()
    while left.contains(where: { $0 > 0 }) {
      for color in left.indices where left[color] > 0 {
        left[color] -= 1
        pixels.append((0..<depth).map { (37 * color + 101 * $0) & 0xff })
      }
    }
    let image = RawImage(pixels, layout: layout)
    expect(try image.tally(piece: piece, expectedCount: many).histogram(), counts: image)
  }

  @Test(arguments: depths, [255, 65535])
  func mapGivesEachPixelTheTupleOfItsLabel(depth: Int, maxval: Int) throws {
    let layout = TupleLayout(depth: depth, maxval: maxval)
    for expectedCount in layout.bytesPerTuple == 3 ? [1, many] : [1] {
      var generator = SplitMix64(seed: UInt64(depth))
      let image = RawImage(random: 800, layout: layout, using: &generator)
      let raster = image.bytes
      let tally = try image.tally(expectedCount: expectedCount)
      let tuples = try tally.histogram().plainTuples
      // Narrow and wide labels, and back again.
      for labelCount in [1, 2, 256, 257, 700, 3, 300] {
        let labels = tuples.map { _ in Int(generator.draw(below: UInt64(labelCount))) }
        // Colors like the image's, and of other planes and bytes.
        let kind =
          [layout, TupleLayout(depth: 1, maxval: 300), TupleLayout(depth: 4, maxval: 7)].randomElement(
            using: &generator) ?? layout
        let palette = RawImage(random: labelCount, layout: kind, using: &generator)
        try labels.map(UInt32.init).withUnsafeBufferPointer {
          try tally.setLabels($0, labelCount: labelCount)
        }
        let colors = Dictionary(uniqueKeysWithValues: zip(tuples, labels.map { palette.pixels[$0] }))
        let expected = RawImage.bytes(image.pixels.map { colors[$0] ?? [] }, kind)
        for piece in [1, 7, 800] {
          let colors = try palette.bytes.withUnsafeBytes { try Palette(layout: kind, tuples: $0) }
          let result = mapped(raster, by: tally, to: colors, piece: piece)
          #expect(firstDifference(result, expected) == nil)
        }
      }
    }
  }

  /// Maps a raster piece by piece, checking that nothing behind a piece is touched.
  private func mapped(_ bytes: [UInt8], by tally: Tally, to palette: Palette, piece: Int) -> [UInt8] {
    var result = [UInt8]()
    var untouched = true
    let step = piece * tally.layout.bytesPerTuple
    for start in stride(from: 0, to: bytes.count, by: step) {
      let run = Array(bytes[start..<min(start + step, bytes.count)])
      let byteCount = run.count / tally.layout.bytesPerTuple * palette.layout.bytesPerTuple
      var output = [UInt8](repeating: 0xa5, count: byteCount + 8)
      output.withUnsafeMutableBytes { output in
        run.withUnsafeBytes { run in
          tally.map(
            run, to: palette.raw, into: UnsafeMutableRawBufferPointer(rebasing: output[0..<byteCount]))
        }
      }
      untouched = untouched && output.suffix(8).allSatisfy { $0 == 0xa5 }
      result += output.dropLast(8)
    }
    #expect(untouched)
    return result
  }

  @Test(arguments: depths)
  func emptyRunsChangeNothing(depth: Int) throws {
    let layout = TupleLayout(depth: depth, maxval: 255)
    let image = RawImage([[Int]](repeating: [Int](repeating: 9, count: depth), count: 3), layout: layout)
    let tally = try image.tally(expectedCount: many)
    try [UInt8]().withUnsafeBytes { try tally.add($0) }
    let histogram = try tally.histogram()
    #expect(histogram.plainWeights == [3])
    try [UInt32(0)].withUnsafeBufferPointer { try tally.setLabels($0, labelCount: 1) }
    let palette = try image.bytes.withUnsafeBytes { try Palette(layout: layout, tuples: $0) }
    #expect(mapped([], by: tally, to: palette, piece: 1).isEmpty)
  }

  /// Tuples whose codes differ only in their highest bits must not crowd one part of a hash table.
  @Test(arguments: [(4, 65535), (9, 65535), (2, 65535)])
  func tuplesThatDifferOnlyInHighBits(depth: Int, maxval: Int) throws {
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let pixels = (0..<4096).map { index in
      (0..<depth).map { $0 < 2 ? (index >> (6 * $0) & 63) << 10 : 0 }
    }
    let image = RawImage(pixels, layout: layout)
    expect(try image.tally().histogram(), counts: image)
  }

  /// So many distinct tuples that the hash table hands over to the sorted list: at once, within a run or between two,
  /// or, where one tuple came often before, when all are counted.
  @Test(arguments: [2, 3, 4], [(1000, 0), (500_000, 0), (500_000, 290_000)])
  func manyDistinctTuples(depth: Int, shape: (piece: Int, repeats: Int)) throws {
    let layout = TupleLayout(depth: depth, maxval: 65535)
    let distinct = (0..<140_000).map { index in
      (0..<depth).map { (index % 68_000 * (2 * $0 + 40_503)) >> (4 * $0) & 65535 }
    }
    let pixels = [[Int]](repeating: distinct[7], count: shape.repeats) + distinct
    let image = RawImage(pixels, layout: layout)
    let tally = try image.tally(piece: shape.piece)
    let histogram = try tally.histogram()
    expect(histogram, counts: image)
    let tuples = histogram.plainTuples
    let palette = RawImage((0..<300).map { [Int](repeating: $0, count: depth) }, layout: layout)
    let labels = tuples.indices.map { UInt32($0 % 300) }
    try labels.withUnsafeBufferPointer { try tally.setLabels($0, labelCount: 300) }
    let colors = Dictionary(uniqueKeysWithValues: zip(tuples, labels.map { palette.pixels[Int($0)] }))
    let expected = RawImage.bytes(pixels.map { colors[$0] ?? [] }, layout)
    let entries = try palette.bytes.withUnsafeBytes { try Palette(layout: layout, tuples: $0) }
    let result = mapped(image.bytes, by: tally, to: entries, piece: shape.piece)
    #expect(firstDifference(result, expected) == nil)
  }
}
