import Foundation
import Testing

/// `-shared`: one palette for all images of the input.
@Suite struct SharedTests {
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private static func stream(_ images: [NetpbmImage]) -> Data {
    images.reduce(into: Data()) { $0 += $1.bytes }
  }

  private func run(_ options: [String], _ images: [NetpbmImage]) throws -> [NetpbmImage] {
    let outcome = try Program.run(["-shared"] + options, input: .bytes(Self.stream(images)))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options): \(outcome.errors)")
    return try NetpbmImage.read(outcome.output)
  }

  /// Images of one width that together are as many pixels as a larger one.
  private static func images(_ whole: NetpbmImage, heights: [Int]) -> [NetpbmImage] {
    var rest = whole.samples[...]
    return heights.map { height in
      var image = whole
      image.height = height
      image.samples = Array(rest.prefix(whole.width * height * whole.depth))
      rest = rest.dropFirst(image.samples.count)
      return image
    }
  }

  private static let wholes = [
    NetpbmImage.noise(magic: 6, width: 40, height: 30, maxval: 255),
    .noise(magic: 2, width: 40, height: 30, maxval: 65535),
    .noise(magic: 7, width: 40, height: 30, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 40, height: 30, depth: 5, maxval: 12),
  ]

  @Test(arguments: wholes.indices)
  func imagesAreAsIfTheyWereOne(whole: Int) throws {
    let whole = Self.wholes[whole]
    let parts = Self.images(whole, heights: [7, 1, 12, 10])
    let sets = [
      ["-k", "9"], ["-k", "700"], ["-k", "5000"], ["-k", "6", "-init", "random"], ["-psnr", "6"],
      ["-method", "meanshift"], ["-k", "9", "-sort", "count", "-index"],
    ]
    for options in sets {
      let alone = try Program.run(options, input: .bytes(whole.bytes))
      #expect(alone.status == 0)
      let together = try run(options, parts)
      #expect(together.map(\.height) == parts.map(\.height))
      #expect(try together.flatMap(\.samples) == NetpbmImage(alone.output).samples, "\(options)")
    }
  }

  @Test func sizesAndFormatsAreTheImagesOwn() throws {
    let images = [
      NetpbmImage.noise(magic: 6, width: 5, height: 7, maxval: 255),
      .noise(magic: 3, width: 31, height: 2, maxval: 255),
      .noise(magic: 7, width: 2, height: 40, depth: 3, maxval: 255, tupleType: "RGB"),
    ]
    let outputs = try run(["-k", "5"], images)
    #expect(outputs.map(\.width) == [5, 31, 2])
    #expect(outputs.map(\.magic) == [6, 6, 7])
    #expect(Set(outputs.flatMap(\.tuples)).count == 5)
    // Errors are not carried from one image to the next.
    for dither in ["floyd", "bayer8", "bluenoise"] {
      let dithered = try run(["-k", "5", "-dither", dither], images + images)
      #expect(dithered.prefix(3) == dithered.suffix(3))
      #expect(dithered != outputs + outputs)
    }
    // Each of a list is written for all images before the next.
    let list = try run(["-k", "5,3"], images)
    #expect(try list == outputs + run(["-k", "3"], images))
  }

  @Test func thePaletteIsOne() throws {
    let images = Self.images(Self.wholes[0], heights: [7, 13, 10])
    let path = scratch.path("palette")
    let outputs = try run(["-k", "20", "-mapout", path], images)
    let palette = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(palette.width == 20 && palette.height == 1)
    #expect(Set(palette.tuples) == Set(outputs.flatMap(\.tuples)))
    #expect(try run(["-k", "20", "-mapout", "-"], images) == [palette])
    let indices = try run(["-k", "20", "-index"], images)
    #expect(indices.map { $0.samples.map { palette.tuples[$0] } } == outputs.map(\.tuples))
  }

  /// Images of some megabytes and many small ones, kept in memory, in a file of their own and not at all.
  @Test func itDoesNotMatterWhereImagesAreKept() throws {
    let large = (0..<3).map {
      NetpbmImage.noise(magic: 6, width: 700, height: 500 + $0, maxval: 255).with(noisePeriod: 50 + $0)
    }
    let small = (0..<40).map { NetpbmImage.noise(magic: 6, width: 3 + $0, height: 4, maxval: 255) }
    let bytes = Self.stream(large + small + large)
    let path = scratch.path("images")
    try bytes.write(to: URL(fileURLWithPath: path))
    let options = ["-shared", "-k", "12"]
    let expected = try Program.run(options, input: .bytes(bytes))
    #expect(expected.status == 0)
    for memory in ["0", "2M", "1G"] {
      for input in [Program.Input.bytes(bytes), .file(path)] {
        let outcome = try Program.run(options + ["-memory", memory], input: input)
        let isEqual = outcome.output == expected.output
        #expect(isEqual && outcome.status == 0, "\(memory): \(outcome.errors)")
      }
    }
  }

  /// Gray counts as three equal planes, whatever the order, and comes out as color.
  @Test(arguments: [[], ["-index"], ["-dither", "bayer8"], ["-memory", "1K"], ["-weightfile", "weights"]])
  func grayGoesBesideColor(options: [String]) throws {
    let scratch = try TemporaryDirectory()
    let colors = (0..<2).map { _ in NetpbmImage.noise(magic: 6, width: 20, height: 10, maxval: 255) }
    let gray = NetpbmImage.noise(magic: 5, width: 20, height: 10, maxval: 255)
    var wide = gray.with(magic: 6)
    wide.depth = 3
    wide.samples = gray.samples.flatMap { [$0, $0, $0] }
    let weights = scratch.path("weights")
    try NetpbmImage.noise(magic: 5, width: 20, height: 10, maxval: 9).bytes
      .write(to: URL(fileURLWithPath: weights))
    let options = options.map { $0 == "weights" ? weights : $0 }
    for place in 0..<3 {
      var (mixed, widened) = (colors, colors)
      mixed.insert(gray, at: place)
      widened.insert(wide, at: place)
      for output in [["-k", "7"], ["-k", "7", "-mapout", "-"]]
      where options != ["-index"] || output.count == 2 {
        let outcomes = try [mixed, widened].map { images in
          try Program.run(
            ["-shared"] + output + options, input: .bytes(images.reduce(Data()) { $0 + $1.bytes }))
        }
        #expect(outcomes[0].status == 0 && outcomes[0].errors.isEmpty, "\(outcomes[0].errors)")
        #expect(outcomes[0].output == outcomes[1].output, "\(place) \(output)")
      }
    }
    // A raw file is read again, not kept.
    let path = scratch.path("images")
    try (gray.bytes + colors[0].bytes).write(to: URL(fileURLWithPath: path))
    let outcome = try Program.run(["-shared", "-k", "1000", path])
    #expect(try NetpbmImage.read(outcome.output) == [wide, colors[0]])
  }

  /// With -memory, too, the order of the images does not matter.
  @Test func mergedColorsDoNotDependOnTheOrder() throws {
    let color = NetpbmImage.noise(magic: 6, width: 400, height: 300, maxval: 255)
    let gray = NetpbmImage.noise(magic: 5, width: 20, height: 10, maxval: 255)
    let outcomes = try [gray.bytes + color.bytes, color.bytes + gray.bytes].map { input in
      try Program.run(
        ["-shared", "-k", "16", "-effort", "fast", "-memory", "1", "-mapout", "-"], input: .bytes(input))
    }
    #expect(outcomes[0].status == 0 && outcomes[0].output == outcomes[1].output)
    #expect(!outcomes[0].errors.isEmpty && outcomes[0].errors == outcomes[1].errors)
  }

  @Test func grayAloneStaysGray() throws {
    let images = [NetpbmImage.noise(magic: 5, maxval: 255), .noise(magic: 5, width: 3, maxval: 255)]
    let outcome = try Program.run(
      ["-shared", "-k", "4"], input: .bytes(images.reduce(Data()) { $0 + $1.bytes }))
    #expect(try NetpbmImage.read(outcome.output).allSatisfy { $0.magic == 5 })
    let opacity = [
      NetpbmImage.noise(magic: 7, depth: 2, maxval: 255, tupleType: "GRAYSCALE_ALPHA"),
      .noise(magic: 7, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    ]
    let both = try Program.run(
      ["-shared", "-k", "9"], input: .bytes(opacity.reduce(Data()) { $0 + $1.bytes }))
    #expect(try NetpbmImage.read(both.output).allSatisfy { $0.tupleType == "RGB_ALPHA" })
  }

  @Test func otherKindsOfImagesAreRefused() throws {
    let first = NetpbmImage.noise(magic: 6, maxval: 255)
    let cases: [(NetpbmImage, String)] = [
      (
        .noise(magic: 6, maxval: 1000),
        "image 2 has maxval 1000, the first 255 (-shared); pamdepth changes it"
      ),
      (
        .noise(magic: 7, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
        "image 2 has opacity, unlike the first (-shared); pamchannel removes it"
      ),
      (
        .noise(magic: 7, depth: 5, maxval: 255),
        "image 2 has depth 5, the first 3 (-shared); pgmtoppm and ppmtopgm change it"
      ),
      (
        .noise(magic: 7, depth: 3, maxval: 255, tupleType: "HSV"),
        "image 2 has another tuple type than the first (-shared)"
      ),
    ]
    for (second, message) in cases {
      let outcome = try Program.run(["-k", "3", "-shared"], input: .bytes(Self.stream([first, second])))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: \(message)\n")
    }
    // A stream that is cut leaves nothing either.
    let cut = Self.stream([first, first]).dropLast()
    let outcome = try Program.run(["-k", "3", "-shared"], input: .bytes(cut))
    #expect(outcome.status == 1 && outcome.output.isEmpty)
  }
}

extension NetpbmImage {
  /// The same image with few different tuples.
  fileprivate func with(noisePeriod period: Int) -> NetpbmImage {
    var image = self
    let few = Array(tuples.prefix(period))
    image.samples = (0..<width * height).flatMap { few[($0 * $0 / 7) % period] }
    return image
  }
}
