import Foundation
import Testing

/// `-emphasis`: small areas of a color of their own keep it.
@Suite struct EmphasisTests {
  /// Grays of many tones, and among them a red spot of so many pixels.
  private func image(spot: Int) -> NetpbmImage {
    var image = NetpbmImage.noise(magic: 6, width: 64, height: 64, maxval: 255)
    for pixel in 0..<64 * 64 {
      let tone = (pixel * 37 + pixel / 64 * 11) % 256
      for plane in 0..<3 {
        image.samples[3 * pixel + plane] = pixel < spot ? [220, 30, 40][plane] : tone
      }
    }
    return image
  }

  private func run(_ options: String, _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(options.split(separator: " ").map(String.init), input: .bytes(image.bytes))
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  @Test func aSmallSpotKeepsItsColor() throws {
    let image = image(spot: 12)
    /// How far the spot is from its color, squared.
    func error(_ result: NetpbmImage) -> Int {
      zip(result.samples.prefix(3), [220, 30, 40]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let byArea = try run("-k 6", image)
    let emphasized = try run("-k 6 -emphasis 0.5", image)
    #expect(error(byArea) > 5000)
    #expect(error(emphasized) <= 3)
    #expect(byArea.colors.count == 6 && emphasized.colors.count == 6)
    #expect(image.inertia(to: emphasized) > image.inertia(to: byArea))
  }

  @Test func zeroIsNone() throws {
    let image = image(spot: 12)
    #expect(try run("-k 6 -emphasis 0", image) == run("-k 6", image))
  }

  /// The same for any number of threads, any order of pixels and several times the pixels.
  @Test func dependsOnPartsOfPixelsAlone() throws {
    let image = image(spot: 30)
    let colors = try run("-k 6 -emphasis 0.25", image).colors
    #expect(try run("-k 6 -emphasis 0.25 -threads 1", image).colors == colors)
    var turned = image
    turned.samples = image.samples.indices.map {
      image.samples[image.samples.count - 3 - $0 / 3 * 3 + $0 % 3]
    }
    #expect(try run("-k 6 -emphasis 0.25", turned).colors == colors)
    var twice = image
    twice.height *= 2
    twice.samples += image.samples
    #expect(try run("-k 6 -emphasis 0.25", twice).colors == colors)
  }

  @Test(arguments: ["-space oklab", "-space linear", "-psnr 25", "-init wu", "-dither floyd", "-shared"])
  func goesWithOthers(options: String) throws {
    #expect(try run("-k 6 -emphasis 0.5 \(options)", image(spot: 12)).colors.count <= 6)
  }

  @Test(arguments: ["2", "-1", "x"])
  func isFromZeroToOne(value: String) throws {
    let outcome = try Program.run(["-k", "2", "-emphasis", value])
    #expect(outcome.errors == "pamkmeans: -emphasis: '\(value)' is not a number of 0 to 1\n")
  }
}
