import Quantization
import Testing

struct TupleLayoutTests {
  @Test(arguments: [(1, 1), (255, 1), (256, 2), (1000, 2), (65535, 2)])
  func samplesTakeTwoBytesAbove255(maxval: Int, byteCount: Int) {
    for depth in 1...16 {
      let layout = TupleLayout(depth: depth, maxval: maxval)
      #expect(layout.bytesPerSample == byteCount)
      #expect(layout.bytesPerTuple == depth * byteCount)
    }
  }
}
