import Foundation
import Testing

/// `-fixed`: colors that have to be in the palette.
@Suite struct FixedColorsTests {
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private func file(_ image: NetpbmImage) throws -> String {
    let path = scratch.path("fixed")
    try image.bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  /// The image and its palette.
  private func run(
    _ options: [String], _ image: NetpbmImage
  ) throws -> (image: NetpbmImage, palette: NetpbmImage) {
    let path = scratch.path("palette")
    let outcome = try Program.run(options + ["-mapout", path], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options): \(outcome.errors)")
    return (try NetpbmImage(outcome.output), try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// A palette of some colors of an image, some near them and some that are not.
  private static func palette(for image: NetpbmImage, count: Int) -> NetpbmImage {
    var palette = NetpbmImage.noise(
      magic: image.magic, width: count, height: 1, depth: image.depth, maxval: image.maxval,
      tupleType: image.tupleType)
    for index in 0..<count / 2 {
      let tuple = image.tuples[7 * index]
      palette.samples.replaceSubrange(index * image.depth..<(index + 1) * image.depth, with: tuple)
    }
    return palette
  }

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 31, height: 17, maxval: 255),
    .noise(magic: 2, width: 31, height: 17, maxval: 1000),
    .noise(magic: 7, width: 31, height: 17, depth: 5, maxval: 65535),
    .noise(magic: 3, width: 31, height: 17, maxval: 15),
  ]

  private static func square(_ first: [Int], _ second: [Int]) -> Int {
    zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test(arguments: images.indices, [[], ["-init", "kmeans++"], ["-init", "wu"], ["-effort", "best"]])
  func theyAreInThePaletteAndTheRestIsClustered(image: Int, options: [String]) throws {
    let image = Self.images[image]
    let fixed = Self.palette(for: image, count: 6)
    let path = try file(fixed)
    for count in [fixed.colors.count, 9, 30] {
      let (output, palette) = try run(options + ["-k", "\(count)", "-fixed", path], image)
      #expect(palette.width == count && palette.colors.count == count)
      #expect(Set(fixed.tuples).isSubset(of: palette.tuples))
      var pixels: [[Int]: [[Int]]] = [:]
      for (before, after) in zip(image.tuples, output.tuples) { pixels[after, default: []].append(before) }
      let wrong = zip(image.tuples, output.tuples).count { before, after in
        palette.colors.first { color in
          palette.colors.allSatisfy { Self.square(before, color) <= Self.square(before, $0) }
        } != after
      }
      #expect(wrong == 0, "\(count) \(image.summary)")
      // The others have pixels and are their rounded means.
      for color in palette.colors where !fixed.tuples.contains(color) {
        let own = try #require(pixels[color], "\(count) \(image.summary)")
        for plane in 0..<image.depth {
          let sum = own.reduce(0) { $0 + $1[plane] }
          #expect(abs(2 * (own.count * color[plane] - sum)) <= own.count)
        }
      }
    }
    // With nothing but the fixed colors it is a map.
    let (output, _) = try run(["-k", "\(fixed.colors.count)", "-fixed", path], image)
    #expect(try output == run(["-mapfile", path], image).image)
  }

  @Test func anImageThatFitsWithThemStaysAsItIs() throws {
    for image in Self.images {
      let fixed = Self.palette(for: image, count: 6)
      let path = try file(fixed)
      let union = Set(image.colors + fixed.colors).sorted { $0.lexicographicallyPrecedes($1) }
      for count in [union.count, union.count + 3] {
        let (output, palette) = try run(["-k", "\(count)", "-fixed", path], image)
        #expect(output.samples == image.samples)
        #expect(palette.tuples == union)
      }
      let (output, palette) = try run(["-k", "\(union.count - 1)", "-fixed", path], image)
      #expect(output.samples != image.samples && palette.colors.count == union.count - 1)
    }
  }

  @Test func kindsAreConvertedWhereThatIsExact() throws {
    let rgb = NetpbmImage.noise(magic: 6, width: 30, height: 20, maxval: 255)
    let gray = NetpbmImage.noise(magic: 5, width: 30, height: 20, maxval: 65535)
    let rgba = NetpbmImage.noise(
      magic: 7, width: 30, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    let hex = scratch.path("hex")
    try Data("ff0000\n808080\n".utf8).write(to: URL(fileURLWithPath: hex))
    let bitmap = try file(NetpbmImage(magic: 4, width: 2, height: 1, samples: [0, 1]))
    let cases: [(NetpbmImage, String, [[Int]])] = [
      (rgb, hex, [[255, 0, 0], [128, 128, 128]]), (rgb, bitmap, [[0, 0, 0], [255, 255, 255]]),
      (gray, bitmap, [[0], [65535]]), (rgba, hex, [[255, 0, 0, 255], [128, 128, 128, 255]]),
    ]
    for (image, path, colors) in cases {
      let (_, palette) = try run(["-k", "7", "-fixed", path], image)
      #expect(palette.colors.count == 7 && Set(colors).isSubset(of: palette.tuples))
    }
    let wrongs = [
      (gray, hex, "the color 255 0 0 of maxval 255 equals no tuple of 1 plane and maxval 65535 (-fixed)"),
      (
        Self.images[3], hex,
        "the color 128 128 128 of maxval 255 equals no tuple of 3 planes and maxval 15 (-fixed)"
      ),
    ]
    for (image, path, message) in wrongs {
      let outcome = try Program.run(["-k", "7", "-fixed", path], input: .bytes(image.bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors == "pamkmeans: \(message)\n")
    }
  }

  @Test func moreThanAreWantedIsAnError() throws {
    let path = try file(.noise(magic: 6, width: 5, height: 1, maxval: 255))
    for count in ["4", "9,4"] {
      // Before anything is read.
      let outcome = try Program.run(["-k", count, "-fixed", path], input: .nothing)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: '\(path)' has 5 colors to be fixed, but -k is 4\n")
    }
    let outcome = try Program.run(["-fixed", path], input: .nothing)
    #expect(outcome.errors == "pamkmeans: -k is missing: say how many colors are wanted\n")
  }

  /// Opaque, translucent and transparent fixed colors, together and alone.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7], ["sample", "linear"])
  func opacityIsKept(which: Int, space: String) throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 30, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for pixel in 0..<600 where pixel % 3 < 2 { image.samples[4 * pixel + 3] = pixel % 3 * 255 }
    let all = [[200, 10, 10, 255], [9, 200, 9, 130], [5, 6, 7, 0]]
    let fixed = all.indices.filter { which >> $0 & 1 == 1 }.map { all[$0] } + [[1, 2, 3, 255]]
    var palette = image
    (palette.width, palette.height, palette.samples) = (fixed.count, 1, fixed.flatMap { $0 })
    let options = try ["-fixed", file(palette), "-space", space]
    for count in [6, 20] {
      let (output, colors) = try run(["-k", "\(count)"] + options, image)
      #expect(colors.colors.count == count && Set(fixed).isSubset(of: colors.tuples))
      #expect(colors.tuples.count { $0[3] == 0 } == 1)
      for (before, after) in zip(image.tuples, output.tuples) {
        #expect(before[3] != 255 || after[3] == 255)
        #expect(before[3] != 0 || after[3] == 0)
      }
    }
    // There has to be room for a transparent color, too.
    let outcome = try Program.run(["-k", "\(fixed.count)"] + options, input: .bytes(image.bytes))
    if which >> 2 & 1 == 0 {
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      let needed = "with transparent pixels and fixed colors, it takes at least \(fixed.count + 1)\n"
      #expect(outcome.errors.hasSuffix(needed), "\(outcome.errors)")
    } else {
      #expect(outcome.status == 0)
    }
  }

  @Test func otherOptionsGoTogetherWithIt() throws {
    let image = Photograph.part(width: 90, height: 60)
    let fixed = NetpbmImage(
      magic: 6, width: 2, height: 1, depth: 3, maxval: 255, samples: [255, 0, 255, 1, 1, 1])
    let path = try file(fixed)
    let sets = [
      ["-k", "9", "-space", "oklab"], ["-k", "9", "-sort", "count", "-index"], ["-psnr", "24"],
      ["-k", "9", "-dither", "bayer8"], ["-k", "9", "-shared", "-runs", "2"], ["-k", "9", "-maxiter", "1"],
      ["-k", "9", "-threads", "3"],
    ]
    for options in sets {
      let (_, palette) = try run(options + ["-fixed", path], image)
      #expect(Set(fixed.tuples).isSubset(of: palette.tuples), "\(options)")
      #expect(options[0] == "-psnr" || palette.colors.count == 9, "\(options)")
    }
    // A fixed color that no pixel has counts none in the report.
    let report = scratch.path("report")
    _ = try run(["-k", "9", "-fixed", path, "-report", report], image)
    let line = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report))) as? [String: Any])
    let entries = try #require(line["palette"] as? [[String: Any]])
    let pink = try #require(entries.first { $0["samples"] as? [Int] == [255, 0, 255] })
    #expect(pink["pixels"] as? Int == 0 && pink["inertia"] as? Int == 0)
  }
}
