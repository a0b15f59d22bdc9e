import Clustering
import Quantization
import Testing

struct PaletteTests {
  @Test(arguments: [1, 2, 3, 4, 5, 9], [1, 255, 256, 1000, 65535])
  func holdsAnImagesTuplesInLexicographicOrder(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth * maxval))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let image = RawImage(random: 500, layout: layout, using: &generator)
    let palette = try Palette(image.tally().histogram())
    let expected = image.counts.keys.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(palette.layout == layout)
    #expect(palette.count == expected.count)
    #expect(firstDifference(palette.bytes, RawImage.bytes(expected, layout)) == nil)
  }

  @Test func samplesOfTwoBytesAreBigEndian() throws {
    let image = RawImage([[0x0102, 0x0304], [0x00ff, 0x0100]], layout: TupleLayout(depth: 2, maxval: 1000))
    let palette = try Palette(image.tally().histogram())
    #expect(palette.bytes == [0x00, 0xff, 0x01, 0x00, 0x01, 0x02, 0x03, 0x04])
  }

  @Test func isZeroAtFirst() throws {
    let palette = try Palette(layout: TupleLayout(depth: 3, maxval: 65535), count: 7)
    #expect(palette.count == 7)
    #expect(palette.bytes == [UInt8](repeating: 0, count: 42))
  }
}
