import Clustering
import Foundation
import Quantization
import Testing

/// The functions of color spaces against published values and a mathematical library.
struct ColorSpaceTests {
  @Test func rootsAreThoseOfALibrary() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<10000 {
      let number = generator.drawFraction() * Foundation.exp(-20 * generator.drawFraction())
      #expect(abs(cubeRoot(number) - Foundation.cbrt(number)) < 1e-15)
      let larger = 0.001 + 0.999 * generator.drawFraction()
      #expect(abs(fifthRoot(larger) - Foundation.pow(larger, 0.2)) < 1e-15)
    }
    #expect(cubeRoot(0) == 0 && cubeRoot(1) == 1 && fifthRoot(1) == 1)
  }

  @Test(arguments: [1, 2, 15, 255, 1000, 4095, 65535])
  func transferIsThatOfSRGB(maxval: Int) throws {
    let transfer = try Transfer(maxval: maxval, isLinear: false)
    let plain = try Transfer(maxval: maxval, isLinear: true)
    var last = -1.0
    for sample in 0...maxval {
      let signal = Double(sample) / Double(maxval)
      let expected = signal <= 0.04045 ? signal / 12.92 : Foundation.pow((signal + 0.055) / 1.055, 2.4)
      let light = transfer.light(UInt16(sample))
      #expect(abs(light - expected) < 1e-15)
      #expect(light > last)
      last = light
      #expect(transfer.sample(light) == sample)
      #expect(plain.light(UInt16(sample)) == signal)
      #expect(plain.sample(signal) == sample)
    }
    #expect(transfer.sample(-1) == 0 && transfer.sample(2) == maxval)
    let middle = (transfer.light(0) + transfer.light(1)) / 2
    #expect(transfer.sample(middle * 0.999) == 0 && transfer.sample(middle * 1.001) == 1)
  }

  /// Of CSS Color Module Level 4, to the digits given there.
  @Test(arguments: [
    (SIMD3(1.0, 0, 0), SIMD3(0.62796, 0.22486, 0.12585)),
    (SIMD3(0.0, 1, 0), SIMD3(0.86644, -0.23389, 0.17950)),
    (SIMD3(0.0, 0, 1), SIMD3(0.45201, -0.03246, -0.31153)),
    (SIMD3(1.0, 1, 1), SIMD3(1.0, 0, 0)),
    (SIMD3(1.0, 1, 0), SIMD3(0.96798, -0.07137, 0.19857)),
    (SIMD3(0.0, 1, 1), SIMD3(0.90540, -0.14944, -0.03940)),
    (SIMD3(1.0, 0, 1), SIMD3(0.70167, 0.27457, -0.16916)),
    (SIMD3(0.0, 0, 0), SIMD3(0.0, 0, 0)),
  ])
  func oklabIsAsPublished(light: SIMD3<Double>, expected: SIMD3<Double>) {
    let lab = Oklab.coordinates(light)
    let back = Oklab.light(lab)
    for plane in 0..<3 {
      #expect(abs(lab[plane] - expected[plane]) < 0.00001)
      #expect(abs(back[plane] - light[plane]) < 0.000001)
    }
  }
}
