import Foundation
import Testing

/// `-alpha binary`: opacity that is 0 or maxval.
@Suite struct BinaryOpacityTests {
  private func run(_ arguments: [String], _ input: Data) throws -> Data {
    let outcome = try Program.run(arguments, input: .bytes(input))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome.errors)")
    return outcome.output
  }

  private static let images = [
    NetpbmImage.noise(magic: 7, width: 23, height: 17, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 23, height: 17, depth: 4, maxval: 65535, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 23, height: 17, depth: 2, maxval: 1000, tupleType: "GRAYSCALE_ALPHA"),
    .noise(magic: 7, width: 23, height: 17, depth: 2, maxval: 7, tupleType: "GRAYSCALE_ALPHA"),
    .noise(magic: 6, width: 23, height: 17, maxval: 255),
  ]

  /// The image with each opacity at its nearer end, and half of maxval at maxval.
  private static func binary(_ image: NetpbmImage) -> NetpbmImage {
    guard image.tupleType.hasSuffix("_ALPHA") else { return image }
    var binary = image
    for place in stride(from: image.depth - 1, to: image.samples.count, by: image.depth) {
      binary.samples[place] = 2 * image.samples[place] < image.maxval ? 0 : image.maxval
    }
    return binary
  }

  @Test func halfOfMaxvalIsOpaque() throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    image.samples = [1, 2, 3, 127, 1, 2, 3, 128, 9, 8, 7, 255, 64, 64, 64, 0]
    let output = try NetpbmImage(run(["-k", "4", "-alpha", "binary"], image.bytes))
    #expect(output.samples == [1, 2, 3, 0, 1, 2, 3, 255, 9, 8, 7, 255, 64, 64, 64, 0])
    image.maxval = 1000
    image.samples = [1, 2, 3, 499, 1, 2, 3, 500, 9, 8, 7, 1000, 64, 64, 64, 0]
    let deep = try NetpbmImage(run(["-k", "4", "-alpha", "binary"], image.bytes))
    #expect(deep.samples == [1, 2, 3, 0, 1, 2, 3, 1000, 9, 8, 7, 1000, 64, 64, 64, 0])
  }

  /// Everything is as if the image had been read with its opacity at the ends.
  @Test(
    arguments: images.indices,
    [
      ["-k", "5"], ["-k", "3,400"], ["-k", "5", "-space", "oklab"], ["-k", "5", "-floyd"],
      ["-k", "5", "-dither", "bluenoise"], ["-k", "6", "-index"], ["-k", "7", "-mapout", "-"],
      ["-k", "5", "-shared"], ["-psnr", "20"], ["-k", "4", "-memory", "0"], ["-k", "5", "-snap"],
      ["-mapfile", "colors.pam"],
    ])
  func itIsAStepBeforeEverythingElse(image: Int, options: [String]) throws {
    let image = Self.images[image]
    let scratch = try TemporaryDirectory()
    let palette = try run(["-k", "9", "-mapout", "-"], Self.images[0].bytes)
    try palette.write(to: URL(fileURLWithPath: scratch.path("colors.pam")))
    let line = options.map { $0 == "colors.pam" ? scratch.path($0) : $0 }
    let expected = try run(line, Self.binary(image).bytes)
    #expect(try run(line + ["-alpha", "binary"], image.bytes) == expected)
    let file = scratch.path("image")
    try image.bytes.write(to: URL(fileURLWithPath: file))
    let outcome = try Program.run(line + ["-alpha", "binary", file], input: .nothing)
    #expect(outcome.output == expected, "\(outcome.errors)")
  }

  @Test func grayBesideColorIsBinary() throws {
    var gray = Self.images[2]
    gray.maxval = 255
    gray.samples = gray.samples.map { $0 % 256 }
    for stream in [[gray, Self.images[0]], [Self.images[0], gray]] {
      let expected = try run(["-k", "5", "-shared"], Data(stream.flatMap { Self.binary($0).bytes }))
      let input = Data(stream.flatMap(\.bytes))
      #expect(try run(["-k", "5", "-shared", "-alpha", "binary"], input) == expected)
      let palette = ["-k", "5", "-shared", "-alpha", "binary", "-mapout", "-"]
      #expect(try run(palette, input).count < expected.count)
    }
  }

  @Test func histogramsAreBinary() throws {
    for image in Self.images.prefix(4) {
      let histogram = try run(["-histout", "-"], image.bytes)
      let expected = try run(["-k", "5", "-mapout", "-"], Self.binary(image).bytes)
      let options = ["-k", "5", "-alpha", "binary", "-histogram", "-mapout", "-"]
      #expect(try run(options, histogram) == expected, "\(image.summary)")
    }
  }

  @Test func translucentFixedColorsAreErrors() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    for (colors, color) in [("ff000080 00ff00ff", "255 0 0 128"), ("00ff00ff 00000001", "0 0 0 1")] {
      try Data(colors.utf8).write(to: URL(fileURLWithPath: path))
      let outcome = try Program.run(
        ["-k", "5", "-alpha", "binary", "-fixed", path], input: .bytes(Self.images[0].bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      let message =
        "pamkmeans: the color \(color) of -fixed is neither opaque nor transparent (-alpha binary)\n"
      #expect(outcome.errors == message)
    }
    try Data("00ff00ff 00000000".utf8).write(to: URL(fileURLWithPath: path))
    let output = try run(
      ["-k", "5", "-alpha", "binary", "-fixed", path, "-mapout", "-"], Self.images[0].bytes)
    let palette = try NetpbmImage(output)
    #expect(palette.tuples.contains([0, 255, 0, 255]) && palette.tuples.contains([0, 0, 0, 0]))
    #expect(palette.tuples.allSatisfy { $0[3] == 0 || $0[3] == 255 })
  }
}
