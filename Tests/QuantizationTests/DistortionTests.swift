import Clustering
import Quantization
import Testing

struct DistortionTests {
  /// Half of 1000 pixels of three planes are off by 2 in one plane.
  @Test func isOfSamplesScaledTo255() throws {
    let byte = Distortion(inertia: 2000, pixelCount: 1000, layout: TupleLayout(depth: 3, maxval: 255))
    #expect(byte.meanSquaredError == 2)
    #expect(abs(try #require(byte.decibels) - 49.891) < 0.001)
    let bit = Distortion(inertia: 10, pixelCount: 1000, layout: TupleLayout(depth: 1, maxval: 1))
    #expect(abs(bit.meanSquaredError - 650.25) < 1e-9)
    #expect(abs(try #require(bit.decibels) - 20) < 1e-12)
    let wide = Distortion(
      inertia: 2000 * 257 * 257, pixelCount: 1000, layout: TupleLayout(depth: 3, maxval: 65535))
    #expect(abs(wide.meanSquaredError - 2) < 1e-12)
  }

  @Test func nothingLostHasNoRatioAndReachesAny() {
    let none = Distortion(inertia: 0, pixelCount: 5, layout: TupleLayout(depth: 3, maxval: 255))
    #expect(none.meanSquaredError == 0)
    #expect(none.decibels == nil)
    #expect(none.reaches(0) && none.reaches(1e300))
  }

  @Test func reachesWhatIsBelowItsRatio() throws {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<500 {
      let layout = TupleLayout(
        depth: 1 + Int(generator.draw(below: 5)), maxval: 1 + Int(generator.draw(below: 65535)))
      let inertia = 1 + Int128(generator.draw(below: 1_000_000_000))
      let distortion = Distortion(inertia: inertia, pixelCount: 12345, layout: layout)
      let ratio = try #require(distortion.decibels)
      #expect(distortion.reaches(ratio - 1e-9))
      #expect(!distortion.reaches(ratio + 1e-9))
    }
  }
}
