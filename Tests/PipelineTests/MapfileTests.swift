import Foundation
import PamStream
import Quantization
import Testing

/// Colors that are given: `-mapfile` and `-initfile`.
@Suite struct MapfileTests {
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private func file(_ name: String, _ bytes: Data) throws -> String {
    try bytes.write(to: URL(fileURLWithPath: scratch.path(name)))
    return scratch.path(name)
  }

  private func mapped(_ image: NetpbmImage, to path: String) throws -> NetpbmImage {
    let outcome = try Program.run(["-mapfile", path, "-alpha", "planes"], input: .bytes(image.bytes))
    #expect(outcome.errors.isEmpty)
    #expect(outcome.status == 0)
    return try NetpbmImage(outcome.output)
  }

  /// The planes that are compared: gray as three beside RGB, opacity only if the palette has it.
  private static func compared(
    _ tuple: [Int], _ image: NetpbmImage, wantsOpacity: Bool, isGray: Bool
  ) -> [Int] {
    let hasOpacity = image.tupleType.hasSuffix("_ALPHA")
    let color = hasOpacity ? Array(tuple.dropLast()) : tuple
    let planes = color.count == 1 && !isGray ? [color[0], color[0], color[0]] : color
    return planes + (wantsOpacity ? [hasOpacity ? tuple[tuple.count - 1] : image.maxval] : [])
  }

  /// The first of the nearest colors of a sorted palette, in exact arithmetic.
  private static func nearest(
    _ tuple: [Int], _ image: NetpbmImage, _ colors: [[Int]], _ palette: NetpbmImage
  ) -> Int {
    let wantsOpacity = palette.tupleType.hasSuffix("_ALPHA")
    let isGray = image.depth < 3 && palette.depth < 3
    let own = compared(tuple, image, wantsOpacity: wantsOpacity, isGray: isGray)
    let squares = colors.map { color in
      zip(own, compared(color, palette, wantsOpacity: wantsOpacity, isGray: isGray))
        .reduce(Int128(0)) { sum, pair in
          let way = Int128(pair.0 * palette.maxval - pair.1 * image.maxval)
          return sum + way * way
        }
    }
    return squares.firstIndex(of: squares.min() ?? 0) ?? 0
  }

  private static let palettes = [
    NetpbmImage.noise(magic: 6, width: 4, height: 3, maxval: 255),
    .noise(magic: 6, width: 300, height: 1, maxval: 255),
    .noise(magic: 6, width: 7, height: 1, maxval: 1000),
    .noise(magic: 5, width: 6, height: 1, maxval: 65535),
    .noise(magic: 4, width: 6, height: 1, maxval: 1),
    .noise(magic: 7, width: 9, height: 1, depth: 4, maxval: 15, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 5, height: 1, depth: 2, maxval: 65521, tupleType: "GRAYSCALE_ALPHA"),
  ]

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 23, height: 17, maxval: 255),
    .noise(magic: 5, maxval: 255),
    .noise(magic: 4, maxval: 1),
    .noise(magic: 3, maxval: 65535),
    .noise(magic: 7, depth: 4, maxval: 300, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, depth: 2, maxval: 255, tupleType: "GRAYSCALE_ALPHA"),
  ]

  @Test(arguments: palettes.indices, images.indices)
  func eachPixelGetsTheNearestColor(palette: Int, image: Int) throws {
    let (palette, image) = (Self.palettes[palette], Self.images[image])
    let output = try mapped(image, to: file("palette", palette.bytes))
    let colors = palette.colors
    let isCarried = image.tupleType.hasSuffix("_ALPHA") && !palette.tupleType.hasSuffix("_ALPHA")
    let expected = image.tuples.map { tuple in
      let color = colors[Self.nearest(tuple, image, colors, palette)]
      let opacity = tuple[tuple.count - 1]
      return isCarried
        ? color + [(2 * opacity * palette.maxval + image.maxval) / (2 * image.maxval)] : color
    }
    #expect(output.tuples == expected)
    #expect(output.maxval == palette.maxval)
    #expect(output.width == image.width && output.height == image.height)
    if isCarried {
      #expect(output.magic == 7)
      #expect(output.tupleType == (palette.depth == 3 ? "RGB_ALPHA" : "GRAYSCALE_ALPHA"))
    } else {
      #expect(output.magic == palette.magic && output.tupleType == palette.tupleType)
    }
  }

  @Test func mapoutThenMapfileGivesTheSameImage() throws {
    for order in ["rgb", "luminance", "count"] {
      let palette = scratch.path("palette")
      for image in Self.images + [.noise(magic: 7, depth: 5, maxval: 255)] {
        let first = try Program.run(
          ["-k", "7", "-sort", order, "-mapout", palette], input: .bytes(image.bytes))
        let second = try Program.run(["-mapfile", palette], input: .bytes(image.bytes))
        #expect(second.output == first.output)
      }
    }
  }

  @Test(arguments: [
    "GIMP Palette\nName: three\nColumns: 2\n#\n255 0 0\tred\n  0 255   0\n0 0 255 blue\n",
    "\u{feff}GIMP Palette\r\nName: three\r\n255 0 0\r\n0 255 0\r\n0 0 255\r\n",
    "ff0000\n00FF00\n0000ff\n", "\u{feff}ff0000\n00FF00\n0000ff\n", "#ff0000\r\n\r\n#00ff00\r\n#0000FF",
  ])
  func textsAreRecognizedByTheirContent(text: String) throws {
    let path = try file("colors.txt", Data(text.utf8))
    let image = NetpbmImage(
      magic: 6, width: 4, height: 1, depth: 3, maxval: 100,
      samples: [90, 1, 2, 10, 80, 70, 0, 0, 40, 30, 20, 10])
    let output = try mapped(image, to: path)
    #expect(output.samples == [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0])
    #expect(output.maxval == 255)
  }

  @Test(arguments: [
    ("GIMP Palette\n1 2\n", "line 2 is no color"), ("GIMP Palette\n1 2 256\n", "line 2 is no color"),
    ("GIMP Palette\n# nothing\n", "there is no color in it"), ("ff0000\nff000\n", "line 2 is no color"),
    ("hello\n", "hexadecimal colors, JASC, paint.net, .act, .aco or .ase"),
    ("\n\n", "hexadecimal colors, JASC, paint.net, .act, .aco or .ase"),
    ("", "'PATH' is empty: no Netpbm image"),
    ("P6\n3 3\n255\nabc", "end of file in the raster: 3 of 27 bytes"),
  ])
  func badFilesAreSaidToBe(text: String, mistake: String) throws {
    for option in ["-mapfile", "-initfile"] {
      let path = try file("colors", Data(text.utf8))
      let outcome = try Program.run([option, path], input: .bytes(Self.images[0].bytes))
      #expect(outcome.status == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.hasSuffix("\(mistake.replacing("PATH", with: path))\n"))
    }
  }

  // MARK: - Exact colors

  @Test func colorsThatAreNotThereAreNamed() throws {
    let path = try file("colors.hex", Data("c81e1e 1080f0 808080".utf8))
    var image = NetpbmImage(magic: 6, width: 5, height: 4, depth: 3, maxval: 255)
    for place in 0..<20 { image.samples += place % 3 == 0 ? [200, 30, 30] : [16, 128, 240] }
    let good = try Program.run(["-mapfile", path, "-exact"], input: .bytes(image.bytes))
    #expect(good.status == 0 && good.errors.isEmpty && good.output == image.bytes)
    image.samples.replaceSubrange(3 * 19..<3 * 20, with: [1, 2, 3])
    image.samples.replaceSubrange(3 * 13..<3 * 14, with: [200, 30, 31])
    for options in [[], ["-dither", "bayer8"], ["-mapout", "-"], ["-space", "oklab"], ["-memory", "1K"]] {
      let bad = try Program.run(["-mapfile", path, "-exact"] + options, input: .bytes(image.bytes))
      #expect(bad.status == 1 && bad.output.isEmpty)
      #expect(
        bad.errors == "pamkmeans: the color 200 30 31 at column 3, row 2 is not in '\(path)' (-exact)\n")
    }
    let without = try Program.run(["-k", "3", "-exact"], input: .bytes(image.bytes))
    #expect(without.status == 1 && without.errors == "pamkmeans: -exact is for -mapfile\n")
  }

  /// Other maxvals and planes: what counts is the same color.
  @Test func exactColorsMayBeWrittenOtherwise() throws {
    let path = try file("colors.hex", Data("ff0000 000000 333333".utf8))
    let images: [(NetpbmImage, Bool)] = [
      (NetpbmImage(magic: 6, width: 1, height: 1, depth: 3, maxval: 1, samples: [1, 0, 0]), true),
      (NetpbmImage(magic: 5, width: 2, height: 1, maxval: 5, samples: [0, 1]), true),
      (NetpbmImage(magic: 5, width: 2, height: 1, maxval: 5, samples: [0, 2]), false),
      (NetpbmImage(magic: 6, width: 1, height: 1, depth: 3, maxval: 65535, samples: [65535, 0, 0]), true),
      (NetpbmImage(magic: 6, width: 1, height: 1, depth: 3, maxval: 65535, samples: [65535, 1, 0]), false),
      (
        NetpbmImage(
          magic: 7, width: 1, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
          samples: [255, 0, 0, 9]),
        true
      ),
    ]
    for (image, isExact) in images {
      let outcome = try Program.run(["-mapfile", path, "-exact"], input: .bytes(image.bytes))
      #expect(outcome.status == (isExact ? 0 : 1), "\(image.summary): \(outcome.errors)")
    }
    let opacity = try file("opacity.hex", Data("ff000009 000000ff".utf8))
    #expect(try Program.run(["-mapfile", opacity, "-exact"], input: .bytes(images[5].0.bytes)).status == 0)
    let other = try file("other.hex", Data("ff00000a 000000ff".utf8))
    #expect(try Program.run(["-mapfile", other, "-exact"], input: .bytes(images[5].0.bytes)).status == 1)
  }

  @Test func otherPlanesAreNotCompared() throws {
    let path = try file("palette", Self.palettes[0].bytes)
    let image = NetpbmImage.noise(magic: 7, depth: 5, maxval: 255)
    for arguments in [["-mapfile", path], ["-initfile", path]] {
      let outcome = try Program.run(arguments, input: .bytes(Self.images[0].bytes + image.bytes))
      #expect(outcome.status == 1)
      #expect(
        outcome.errors
          == "pamkmeans: image 2: 5 planes of no known tuple type cannot be compared with colors of RGB\n")
      #expect(try NetpbmImage.read(outcome.output).count == 1)
    }
  }

  /// Without an iteration the pixels go to the colors themselves.
  @Test func initfileStartsFromTheColors() throws {
    let image = Self.images[0]
    let path = try file("palette", Self.palettes[0].bytes)
    let mapped = try mapped(image, to: path)
    let stopped = try Program.run(["-initfile", path, "-maxiter", "0"], input: .bytes(image.bytes))
    #expect(Set(try NetpbmImage(stopped.output).tuples) == Set(mapped.tuples))
    #expect(stopped.output == mapped.bytes)
    let settled = try Program.run(["-initfile", path, "-k", "12"], input: .bytes(image.bytes))
    #expect(try NetpbmImage(settled.output).colors.count == 12)
    #expect(settled.output != stopped.output)
    let wrong = try Program.run(["-initfile", path, "-k", "9"], input: .bytes(image.bytes))
    #expect(wrong.status == 1)
    #expect(wrong.errors == "pamkmeans: '\(path)' has 12 colors to start from, but -k is 9\n")
  }

  @Test func aStartThatIsARestingPlaceStays() throws {
    // Two groups around their means, which are whole.
    let image = NetpbmImage(magic: 5, width: 6, height: 1, maxval: 255, samples: [9, 10, 11, 99, 100, 101])
    for colors in ["0a0a0a\n646464\n", "0b0b0b\n5a5a5a\n"] {
      let path = try file("colors.hex", Data(colors.utf8))
      let outcome = try Program.run(["-initfile", path], input: .bytes(image.bytes))
      #expect(try NetpbmImage(outcome.output).samples == [10, 10, 10, 100, 100, 100])
    }
  }
}
