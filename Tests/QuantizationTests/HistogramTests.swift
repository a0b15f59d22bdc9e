import Quantization
import Testing

struct HistogramTests {
  private func histogram(_ pixels: [[Int]], maxval: Int = 255) throws -> Histogram {
    try RawImage(pixels, layout: TupleLayout(depth: pixels[0].count, maxval: maxval)).tally().histogram()
  }

  private func isGray(_ pixels: [[Int]], maxval: Int = 255) throws -> Bool {
    try histogram(pixels, maxval: maxval).isGray(planeCount: pixels[0].count, nil)
  }

  @Test func isGrayWherePlanesAgree() throws {
    #expect(try isGray([[7], [200], [7]]))
    #expect(try isGray([[7, 7], [200, 200]]))
    #expect(try isGray([[7, 7, 7], [200, 200, 200], [0, 0, 0]]))
    #expect(try isGray([[7, 7, 7, 7, 7]]))
    #expect(try isGray([[700, 700, 700]], maxval: 1000))
  }

  @Test func isNotGrayWhereOneSampleDiffers() throws {
    #expect(try !isGray([[7, 7], [200, 201]]))
    #expect(try !isGray([[7, 7, 7], [200, 200, 201]]))
    #expect(try !isGray([[8, 7, 7], [200, 200, 200]]))
    #expect(try !isGray([[7, 7, 7, 7, 8]]))
    #expect(try !isGray([[256, 256, 512]], maxval: 1000))
  }
}
