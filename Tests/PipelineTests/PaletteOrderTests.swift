import Foundation
import Testing

/// `-sort` and `-index`.
@Suite struct PaletteOrderTests {
  private static let images = [
    NetpbmImage.noise(magic: 6, width: 40, height: 30, maxval: 255),
    .noise(magic: 5, width: 40, height: 30, maxval: 1000),
    .noise(magic: 4, maxval: 1),
    .noise(magic: 7, width: 30, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 30, height: 20, depth: 5, maxval: 255),
  ]

  /// The image and its palette.
  private func run(_ arguments: [String], _ image: NetpbmImage) throws -> (NetpbmImage, NetpbmImage) {
    let scratch = try TemporaryDirectory()
    let outcome = try Program.run(
      arguments + ["-mapout", scratch.path("palette")], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let palette = try Data(contentsOf: URL(fileURLWithPath: scratch.path("palette")))
    return (try NetpbmImage(outcome.output), try NetpbmImage(palette))
  }

  /// What each color is sorted by.
  private func key(_ order: String, _ color: [Int], _ image: NetpbmImage, _ pixels: [[Int]: Int]) -> Int {
    switch order {
    case "count": -(pixels[color] ?? 0)
    case "luminance" where image.magic == 6 || image.tupleType == "RGB_ALPHA":
      299 * color[0] + 587 * color[1] + 114 * color[2]
    case "luminance": color.reduce(0, +)
    default: 0
    }
  }

  @Test(arguments: ["rgb", "luminance", "count"], images.indices)
  func thePaletteIsSortedAndTheImageTheSame(order: String, image: Int) throws {
    let image = Self.images[image]
    for colorCount in ["6", "100000"] {
      let plain = try Program.run(["-k", colorCount], input: .bytes(image.bytes))
      let (output, palette) = try run(["-k", colorCount, "-sort", order], image)
      #expect(output.bytes == plain.output)
      let pixels = Dictionary(output.tuples.map { ($0, 1) }, uniquingKeysWith: +)
      let expected = output.colors.sorted { first, second in
        let keys = (key(order, first, image, pixels), key(order, second, image, pixels))
        return keys.0 != keys.1 ? keys.0 < keys.1 : first.lexicographicallyPrecedes(second)
      }
      #expect(palette.tuples == expected)
    }
  }

  @Test(arguments: ["rgb", "luminance", "count"], images.indices)
  func numbersAndThePaletteGiveTheImage(order: String, image: Int) throws {
    let image = Self.images[image]
    for colorCount in ["2", "6", "300", "100000"] {
      let plain = try NetpbmImage(Program.run(["-k", colorCount], input: .bytes(image.bytes)).output)
      let (indices, palette) = try run(["-k", colorCount, "-index", "-sort", order], image)
      #expect(indices.magic == 5)
      #expect(indices.maxval == max(1, palette.width - 1))
      #expect(indices.samples.map { palette.tuples[$0] } == plain.tuples)
    }
  }

  /// The order of a file, in which the second color comes twice.
  @Test(arguments: [[], ["-dither", "bayer8"], ["-floyd"]])
  func filesKeepTheirOrder(options: [String]) throws {
    let scratch = try TemporaryDirectory()
    let paths = [scratch.path("colors.hex"), scratch.path("colors.ppm")]
    let colors = [[200, 30, 30], [16, 128, 240], [16, 128, 240], [255, 255, 255], [0, 0, 0]]
    try Data("c81e1e 1080f0 1080f0 ffffff 000000".utf8).write(to: URL(fileURLWithPath: paths[0]))
    let file = NetpbmImage(
      magic: 6, width: 5, height: 1, depth: 3, maxval: 255, samples: colors.flatMap { $0 })
    try file.bytes.write(to: URL(fileURLWithPath: paths[1]))
    let image = Self.images[0]
    for path in paths {
      let plain = try Program.run(["-mapfile", path] + options, input: .bytes(image.bytes)).output
      let (output, palette) = try run(["-mapfile", path, "-sort", "file"] + options, image)
      #expect(output.bytes == plain && palette == file)
      let (indices, _) = try run(["-mapfile", path, "-sort", "file", "-index"] + options, image)
      #expect(indices.maxval == 4 && !indices.samples.contains(2))
      #expect(indices.samples.map { colors[$0] } == output.tuples)
    }
  }

  @Test func anOrderOfFilesNeedsAFile() throws {
    let image = Self.images[3].bytes
    let without = try Program.run(["-k", "4", "-sort", "file"], input: .bytes(image))
    #expect(without.status == 1 && without.errors == "pamkmeans: -sort file is for -mapfile\n")
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("c81e1e 1080f0".utf8).write(to: URL(fileURLWithPath: path))
    let carried = try Program.run(["-mapfile", path, "-sort", "file"], input: .bytes(image))
    #expect(
      carried.errors
        == "pamkmeans: the image has opacity and the colors of -mapfile have none, so -sort file has no order\n"
    )
  }

  @Test func transparentColorsComeFirst() throws {
    let image = NetpbmImage(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
      samples: [9, 9, 9, 255, 200, 0, 0, 255, 100, 100, 100, 0, 10, 0, 0, 255])
    let (indices, palette) = try run(["-k", "4", "-sort", "transparent", "-index"], image)
    #expect(palette.tuples == [[100, 100, 100, 0], [9, 9, 9, 255], [10, 0, 0, 255], [200, 0, 0, 255]])
    #expect(indices.samples == [1, 3, 0, 2])
    let gray = NetpbmImage.noise(magic: 5, maxval: 255)
    #expect(try run(["-k", "5", "-sort", "transparent"], gray) == run(["-k", "5"], gray))
  }

  @Test func moreColorsThanNumbersAreAnError() throws {
    // 65537 different colors.
    let samples = (0...65536).flatMap { [$0 & 255, $0 >> 8 & 255, $0 >> 16] }
    let image = NetpbmImage(magic: 6, width: 65537, height: 1, depth: 3, maxval: 255, samples: samples)
    let outcome = try Program.run(["-k", "70000", "-index"], input: .bytes(image.bytes))
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: 65537 colors: no more than 65536 can have indices (-index)\n")
    let none = try Program.run(["-k", "3", "-index", "-mapout=-"], input: .bytes(image.bytes))
    #expect(none.status == 1)
    #expect(none.errors == "pamkmeans: -index is of no use with -mapout -, which writes no image\n")
  }
}
