import Foundation
import Testing

/// `-space`: where means and distances are taken.
@Suite struct ColorSpaceTests {
  private func run(_ options: [String], _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(options, input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options): \(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 31, height: 17, maxval: 255),
    .noise(magic: 6, width: 31, height: 17, maxval: 1000),
    .noise(magic: 3, width: 31, height: 17, maxval: 65535),
    .noise(magic: 5, width: 31, height: 17, maxval: 255),
    .noise(magic: 7, width: 31, height: 17, depth: 3, maxval: 15, tupleType: "RGB"),
  ]

  @Test(arguments: ["linear", "oklab"], images.indices)
  func eachPixelGetsTheNearestColor(space: String, image: Int) throws {
    let image = Self.images[image]
    for (count, options) in [(1, []), (7, []), (40, ["-effort", "best"]), (7, ["-init", "wu"])] {
      let output = try run(["-space", space, "-k", "\(count)"] + options, image)
      #expect(output.colors.count == count)
      let palette = output.colors.map { WorkingColor($0, of: image, space: space) }
      var farthest = 0.0
      for (before, after) in zip(image.tuples, output.tuples) {
        let color = WorkingColor(before, of: image, space: space)
        let least = palette.map { color.square(to: $0) }.min() ?? 0
        let square = color.square(to: WorkingColor(after, of: image, space: space))
        farthest = max(farthest, square.squareRoot() - least.squareRoot())
      }
      // The program's coordinates are whole numbers of 65535ths.
      #expect(farthest < 3.0 / 65535, "\(count) colors, \(image.summary)")
    }
  }

  /// Each space has the lowest error of all in itself.
  @Test func eachSpaceIsTheBestInItself() throws {
    let spaces = ["sample", "linear", "oklab"]
    for image in [Photograph.part(width: 90, height: 60), Self.images[0]] {
      for count in [4, 20] {
        let outputs = try spaces.map { try run(["-k", "\(count)", "-space", $0], image) }
        for (index, space) in spaces.enumerated() {
          let errors = outputs.map { image.meanSquare(to: $0, space: space) }
          #expect(errors.indices.min { errors[$0] < errors[$1] } == index, "\(space) \(count): \(errors)")
        }
      }
    }
  }

  /// The mean of all pixels in a space, as a color.
  @Test func oneColorIsTheMeanInLinearLight() throws {
    let image = NetpbmImage(magic: 5, width: 2, height: 1, maxval: 255, samples: [0, 255])
    #expect(try run(["-k", "1", "-space", "sample"], image).samples == [128, 128])
    // Half the light of white is 188 (187.5160 by the transfer function).
    #expect(try run(["-k", "1", "-space", "linear"], image).samples == [188, 188])
    // Half the lightness of white is an eighth of the light: 99 (98.8).
    #expect(try run(["-k", "1", "-space", "oklab"], image).samples == [99, 99])
  }

  @Test(arguments: ["linear", "oklab"])
  func grayHasTheSameColorsHoweverItIsWritten(space: String) throws {
    let gray = NetpbmImage.noise(magic: 5, width: 40, height: 20, maxval: 255)
    var rgb = gray
    rgb.magic = 6
    rgb.depth = 3
    rgb.samples = gray.samples.flatMap { [$0, $0, $0] }
    for count in [2, 9] {
      let options = ["-space", space, "-k", "\(count)"]
      #expect(try run(options, rgb).samples == run(options, gray).samples.flatMap { [$0, $0, $0] })
    }
  }

  @Test(arguments: ["linear", "oklab"])
  func anImageThatFitsStaysAsItIs(space: String) throws {
    for image in Self.images {
      for count in [image.colors.count, image.colors.count + 5] {
        #expect(try run(["-space", space, "-k", "\(count)"], image).samples == image.samples)
      }
    }
  }

  @Test(arguments: ["linear", "oklab"])
  func threadsAndOrderChangeNothing(space: String) throws {
    var generator = NetpbmImage.Noise(state: 3)
    let image = Photograph.part(width: 200, height: 120)
    var shuffled = image
    shuffled.samples = image.tuples.shuffled(using: &generator).flatMap { $0 }
    let options = ["-space", space, "-k", "30"]
    let output = try run(options + ["-threads", "1"], image)
    for threads in ["2", "3", "8"] {
      #expect(try run(options + ["-threads", threads], image) == output)
    }
    #expect(try run(options, shuffled).colors == output.colors)
  }

  @Test(arguments: ["linear", "oklab"])
  func theImageComesFromItsPaletteAgain(space: String) throws {
    let scratch = try TemporaryDirectory()
    let palette = scratch.path("palette")
    for image in Self.images {
      for order in ["rgb", "luminance", "count"] {
        let output = try run(["-k", "12", "-space", space, "-sort", order, "-mapout", palette], image)
        #expect(try run(["-mapfile", palette, "-space", space], image) == output)
      }
    }
  }

  @Test func goalsAndStartsGoTogetherWithIt() throws {
    let scratch = try TemporaryDirectory()
    let image = Photograph.part(width: 90, height: 60)
    let path = scratch.path("palette")
    let first = try run(["-k", "9", "-space", "oklab", "-mapout", path], image)
    let again = try run(["-initfile", path, "-space", "oklab"], image)
    #expect(again.colors.count == 9)
    let errors = [first, again].map { $0.meanSquare(to: image, space: "oklab") }
    #expect(errors[1] <= 1.001 * errors[0])
    let reached = try run(["-psnr", "25", "-space", "linear"], image)
    #expect(10 * log10(Double(3) / image.meanSquare(to: reached, space: "sample")) >= 25)
    let modes = try run(["-method", "meanshift", "-bandwidth", "0.07", "-space", "oklab"], image)
    #expect((2...200).contains(modes.colors.count))
  }

  @Test(arguments: ["linear", "oklab"])
  func planesOfUnknownMeaningAreRefused(space: String) throws {
    let image = NetpbmImage.noise(magic: 7, depth: 3, maxval: 255, tupleType: "SOMETHING")
    let outcome = try Program.run(["-k", "3", "-space", space], input: .bytes(image.bytes))
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: -space \(space) is for gray and RGB, not for other planes\n")
  }

  /// Errors are those of the samples, whatever the space.
  @Test(arguments: ["linear", "oklab"])
  func theReportSpeaksOfSamples(space: String) throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("report")
    for image in Self.images {
      let output = try run(["-k", "6", "-space", space, "-report", path], image)
      let line = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
      #expect(line["space"] as? String == space && line["alpha"] is NSNull)
      #expect(line["inertia"] as? Int == image.inertia(to: output))
      let palette = try #require(line["palette"] as? [[String: Any]])
      let pixels = Dictionary(output.tuples.map { ($0, 1) }, uniquingKeysWith: +)
      #expect(palette.allSatisfy { pixels[$0["samples"] as? [Int] ?? []] == $0["pixels"] as? Int })
    }
  }
}
