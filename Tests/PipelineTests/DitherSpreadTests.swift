import Foundation
import Testing

/// `-ditherspread`: palettes whose mixtures reach the image's colors.
@Suite struct DitherSpreadTests {
  private func run(_ arguments: [String], _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(arguments, input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  /// The sum of squared differences between the means of 8 x 8 pixels.
  private func blockError(_ first: NetpbmImage, _ second: NetpbmImage) -> Double {
    var sums: [Int: Double] = [:]
    for (place, samples) in zip(first.samples, second.samples).enumerated() {
      let (pixel, plane) = (place / first.depth, place % first.depth)
      let (row, column) = (pixel / first.width / 8, pixel % first.width / 8)
      sums[(row * first.width + column) * first.depth + plane, default: 0] += Double(samples.0 - samples.1)
    }
    return sums.keys.sorted().reduce(0) { $0 + (sums[$1] ?? 0) * (sums[$1] ?? 0) }
  }

  private static let gray: NetpbmImage = {
    let color = Photograph.part(width: 160, height: 120)
    return NetpbmImage(
      magic: 5, width: 160, height: 120, depth: 1, maxval: 255,
      samples: color.tuples.map { ($0[0] + 2 * $0[1] + $0[2]) / 4 })
  }()

  @Test(arguments: [2, 4, 8], ["floyd", "bluenoise"])
  func meansComeCloser(count: Int, dither: String) throws {
    // Mixtures of two colors lie on a line, which color does not.
    for image in [Self.gray] + (count > 2 ? [Photograph.part(width: 160, height: 120)] : []) {
      let plain = ["-k", "\(count)", "-dither", dither]
      let before = try blockError(image, run(plain, image))
      let after = try blockError(image, run(plain + ["-ditherspread", "8"], image))
      #expect(after < 0.8 * before, "\(image.summary): \(before) -> \(after)")
    }
  }

  @Test(
    arguments: [
      NetpbmImage.noise(magic: 6, width: 40, height: 20, maxval: 255),
      .noise(magic: 5, width: 40, height: 20, maxval: 65535),
      .noise(magic: 7, width: 40, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
      .noise(magic: 7, width: 40, height: 20, depth: 6, maxval: 99),
      Photograph.part(width: 60, height: 40),
    ])
  func thereAreKDistinctColors(image: NetpbmImage) throws {
    for count in [2, 7, 40] {
      let line = ["-k", "\(count)", "-floyd", "-ditherspread", "4"]
      let palette = try run(line + ["-mapout", "-"], image)
      #expect(palette.width == count && palette.colors.count == count)
      #expect(try run(line + ["-mapout", "-", "-threads", "3"], image) == palette)
      #expect(try Set(run(line, image).colors).isSubset(of: palette.tuples))
    }
  }

  @Test func moreSpreadReachesFurther() throws {
    var last = 0
    for side in ["1", "4", "16"] {
      let palette = try run(["-k", "2", "-floyd", "-ditherspread", side, "-mapout", "-"], Self.gray)
      let range = palette.samples[1] - palette.samples[0]
      #expect(range > last)
      last = range
    }
  }

  @Test func fixedColorsStay() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("123456 fedcba".utf8).write(to: URL(fileURLWithPath: path))
    let line = ["-k", "6", "-fs", "-ditherspread", "4", "-fixed", path, "-mapout", "-"]
    let palette = try run(line, Photograph.part(width: 60, height: 40))
    #expect(palette.width == 6)
    #expect(Set([[0x12, 0x34, 0x56], [0xFE, 0xDC, 0xBA]]).isSubset(of: palette.tuples))
  }

  @Test func opaquePixelsStayOpaque() throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 40, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for place in stride(from: 3, to: image.samples.count, by: 4) {
      image.samples[place] = [0, 255, 120][place / 4 % 3]
    }
    let output = try run(["-k", "9", "-floyd", "-ditherspread", "4"], image)
    for (before, after) in zip(image.tuples, output.tuples) where before[3] != 120 {
      #expect(after[3] == before[3])
    }
    // The translucent ones keep their opacity on average.
    let translucent = zip(image.tuples, output.tuples).filter { $0.0[3] == 120 }.map { $0.1[3] }
    let mean = translucent.reduce(0, +) / translucent.count
    #expect(abs(mean - 120) < 25, "\(mean)")
  }

  /// Colors that are opaque in one half and translucent in the other.
  @Test(arguments: [4, 5, 8])
  func translucentColorsStayTranslucent(count: Int) throws {
    let colors = Photograph.part(width: 40, height: 20).tuples
    let image = NetpbmImage(
      magic: 7, width: 40, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
      samples: colors.enumerated().flatMap { $1 + [$0 % 40 < 20 ? 255 : 100 + $0 % 30] })
    let line = ["-k", "\(count)", "-floyd", "-ditherspread", "4"]
    let output = try run(line, image)
    let right = zip(image.tuples, output.tuples).filter { $0.0[3] < 255 }
    let means = [right.map { $0.0[3] }, right.map { $0.1[3] }].map { $0.reduce(0, +) / right.count }
    #expect(abs(means[0] - means[1]) < 25, "\(means)")
    #expect(zip(image.tuples, output.tuples).allSatisfy { $0[3] < 255 || $1[3] == 255 })
  }

  /// An image with at most K colors is not changed.
  @Test func fewColorsStay() throws {
    let image = NetpbmImage.noise(magic: 6, width: 3, height: 2, maxval: 255)
    #expect(try run(["-k", "6", "-floyd", "-ditherspread", "8"], image) == image)
  }

  @Test(arguments: [["-ditherspread", "4"], ["-ditherspread", "4", "-dither", "none"]])
  func itIsForADither(options: [String]) throws {
    let outcome = try Program.run(["-k", "3"] + options, input: .bytes(Self.gray.bytes))
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: -ditherspread needs -floyd, or -dither with a method\n")
  }
}
