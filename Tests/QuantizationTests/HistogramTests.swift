import Quantization
import Testing

struct HistogramTests {
  private func histogram(_ pixels: [[Int]], maxval: Int = 255) throws -> Histogram {
    try RawImage(pixels, layout: TupleLayout(depth: pixels[0].count, maxval: maxval)).tally().histogram()
  }

  @Test func isGrayWherePlanesAgree() throws {
    #expect(try histogram([[7], [200], [7]]).isGray)
    #expect(try histogram([[7, 7], [200, 200]]).isGray)
    #expect(try histogram([[7, 7, 7], [200, 200, 200], [0, 0, 0]]).isGray)
    #expect(try histogram([[7, 7, 7, 7, 7]]).isGray)
    #expect(try histogram([[700, 700, 700]], maxval: 1000).isGray)
  }

  @Test func isNotGrayWhereOneSampleDiffers() throws {
    #expect(try !histogram([[7, 7], [200, 201]]).isGray)
    #expect(try !histogram([[7, 7, 7], [200, 200, 201]]).isGray)
    #expect(try !histogram([[8, 7, 7], [200, 200, 200]]).isGray)
    #expect(try !histogram([[7, 7, 7, 7, 8]]).isGray)
    #expect(try !histogram([[256, 256, 512]], maxval: 1000).isGray)
  }
}
