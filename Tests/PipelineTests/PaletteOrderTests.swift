import Foundation
import Testing
import pamkmeans

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
    for colorCount in ["1", "6", "300", "100000"] {
      let plain = try NetpbmImage(Program.run(["-k", colorCount], input: .bytes(image.bytes)).output)
      let (indices, palette) = try run(["-k", colorCount, "-index", "-sort", order], image)
      #expect(indices.magic == 5)
      #expect(indices.maxval == max(1, palette.width - 1))
      #expect(indices.samples.map { palette.tuples[$0] } == plain.tuples)
    }
  }

  @Test func moreColorsThanNumbersAreAnError() throws {
    // 65537 different colors.
    let samples = (0...65536).flatMap { [$0 & 255, $0 >> 8 & 255, $0 >> 16] }
    let image = NetpbmImage(magic: 6, width: 65537, height: 1, depth: 3, maxval: 255, samples: samples)
    let outcome = try Program.run(["-k", "70000", "-index"], input: .bytes(image.bytes))
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: 65537 colors: no more than 65536 can have numbers (-index)\n")
    let none = try Program.run(["-k", "3", "-index", "-mapout=-"], input: .bytes(image.bytes))
    #expect(none.status == 1)
    #expect(none.errors == "pamkmeans: -index is of no use with -mapout -, which writes no image\n")
  }
}

/// Options that exclude each other do, and all others go together.
@Suite struct OptionTableTests {
  /// An option with a value that is good by itself.
  private func arguments(_ name: OptionName, _ path: String) -> [String] {
    switch name {
    case .colorCount: ["-k", "3"]
    case .decibels: ["-psnr", "20"]
    case .effort: ["-effort", "fast"]
    case .start: ["-init", "wu"]
    case .order: ["-sort", "count"]
    case .startFile, .mapFile: ["\(name)", path]
    case .palette, .report: ["\(name)", "/dev/null"]
    case .method: ["-method", "meanshift"]
    case .bandwidth: ["-method", "meanshift", "-bandwidth", "0.2"]
    case .tolerance: ["-tolerance", "0.1"]
    default: name.takesValue ? ["\(name)", "3"] : ["\(name)"]
    }
  }

  @Test func everyPairIsAsTheTableSays() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("000000\n808080\nffffff\n".utf8).write(to: URL(fileURLWithPath: path))
    let image = NetpbmImage.noise(magic: 5, maxval: 255).bytes
    let names = OptionName.allCases.filter { $0 != .version && $0 != .help }
    for (index, first) in names.enumerated() {
      for second in names[(index + 1)...] {
        var line = arguments(first, path) + arguments(second, path)
        // Something has to say how many colors there are.
        let counts: [OptionName] = [.colorCount, .decibels, .startFile, .mapFile, .method, .bandwidth]
        if ![first, second].contains(where: counts.contains) {
          line += ["-k", "3"]
        }
        let outcome = try Program.run(line, input: .bytes(image))
        let modes: [OptionName] = [.method, .bandwidth]
        let isForModes =
          modes.contains(first) && OptionTable.notForModes.contains(second)
          || modes.contains(second) && OptionTable.notForModes.contains(first)
        if isForModes {
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
          #expect(outcome.errors.hasSuffix(" and -method meanshift exclude each other\n"), "\(line)")
        } else if OptionTable.excludes(first, second) {
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
          #expect(outcome.errors.contains(" exclude each other"), "\(line)")
          #expect(outcome.errors.contains("\(first)") && outcome.errors.contains("\(second)"), "\(line)")
        } else {
          #expect(outcome.status == 0, "\(line): \(outcome.errors)")
        }
      }
    }
  }

  @Test func aBandwidthIsForModesOnly() throws {
    for line in [["-bandwidth", "0.1", "-k", "3"], ["-method", "kmeans", "-bandwidth", "0.1", "-k", "3"]] {
      let outcome = try Program.run(line, input: .bytes(NetpbmImage.noise(magic: 5, maxval: 255).bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: -bandwidth is for -method meanshift\n")
    }
  }
}
