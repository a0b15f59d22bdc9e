import Foundation
import Testing

/// Palettes of other programs: `-mapfile`, `-initfile` and `-fixed` read them, `-mapformat` writes them.
@Suite struct PaletteFormatTests {
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private static let white = NetpbmImage(
    magic: 6, width: 1, height: 1, depth: 3, maxval: 255, samples: [255, 255, 255])

  private func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path(name)))
    return scratch.path(name)
  }

  /// The palette in a file, one color per word.
  private func hex(_ path: String) throws -> String {
    let outcome = try Program.run(
      ["-mapfile", path, "-mapout", "-", "-mapformat", "hex"], input: .bytes(Self.white.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(path): \(outcome.errors)")
    return outcome.text.split(separator: "\n").joined(separator: " ")
  }

  /// The files of Tests/PipelineTests/palettes, which its README.md describes.
  @Test(arguments: [
    ("gimp.gpl", "000000 1080f0 c81e1e ffffff"), ("aseprite.gpl", "00000000 1080f080 c81e1eff ffffffff"),
    ("colors.hex", "000000 1080f0 c81e1e ffffff"), ("colors.css", "000000 1080f0 c81e1e ffffff"),
    ("paintshop.pal", "000000 1080f0 c81e1e ffffff"), ("paintnet.txt", "000000 1080f0 c81e1e ffffff"),
    ("table.act", "000000 1080f0 c81e1e ffffff"), ("transparent.act", "00000000 1080f0ff c81e1eff ffffffff"),
    ("swatches.aco", "000000 1080f0 c81e1e ffffff"), ("names-only.aco", "000000 1080f0 c81e1e ffffff"),
    ("exchange.ase", "000000 1080f0 c81e1e ffffff"),
  ])
  func filesOfAllKindsAreRead(name: String, colors: String) throws {
    let path = Papers.path("Tests/PipelineTests/palettes/\(name)")
    #expect(try hex(path) == colors)
    // As a start and as fixed colors, on an image with opacity if the palette has it.
    let image =
      colors.hasPrefix("00000000")
      ? NetpbmImage.noise(magic: 7, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
      : .noise(magic: 6, maxval: 255)
    for arguments in [["-initfile", path], ["-fixed", path, "-k", "6"]] {
      let outcome = try Program.run(arguments, input: .bytes(image.bytes))
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    }
    let palette = try Program.run(
      ["-fixed", path, "-k", "6", "-mapout", "-", "-mapformat", "hex"], input: .bytes(image.bytes))
    let written = palette.text.split(separator: "\n")
    #expect(written.count == 6)
    #expect(Set(colors.split(separator: " ")).isSubset(of: written), "\(written)")
  }

  @Test(arguments: [
    ("#f80", "ff8800"), ("f80f", "ff8800"), ("0Xff8800, 0x00f", "0000ff ff8800"), ("#12345678", "12345678"),
    ("  c81e1e,,1080f0 ,", "1080f0 c81e1e"), ("123456 # note\n#\n# another\n654321", "123456 654321"),
    ("; first\n123456 // note\n654321;note", "123456 654321"),
    ("\u{feff}; A paint.net palette\n80123456\nFF654321", "12345680 654321ff"),
    ("123456\n; paint.net, too late\n80123456", "123456ff 80123456"),
    ("--a: #123456", "123456"), ("/* only */ --a:#123456;--b:#fff;", "123456 ffffff"),
    ("a{}b{c:#000}", "000000"), ("JASC-PAL\n0100\n1\n1 2 3", "010203"),
    ("GIMP Palette\nChannels: RGB\n1 2 3 4 5\n", "010203"),
  ])
  func textsAreRead(text: String, colors: String) throws {
    #expect(try hex(file("colors", text.utf8)) == colors)
  }

  @Test func samplesOfSixteenBitsStay() throws {
    let words: [UInt16] = [1, 1, 0, 0x1234, 0x8080, 0xFFFF, 0]
    let path = try file("colors.aco", words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    let outcome = try Program.run(["-mapfile", path, "-mapout", "-"], input: .bytes(Self.white.bytes))
    let palette = try NetpbmImage(outcome.output)
    #expect(palette.maxval == 65535)
    #expect(palette.samples == [0x1234, 0x8080, 0xFFFF])
  }

  /// Hue, saturation and brightness; red, green and blue, by the definition in floating point.
  @Test func swatchesInHSBAreConverted() throws {
    for (hue, saturation, brightness) in [
      (0, 65535, 65535), (10000, 40000, 50000), (30000, 65535, 30000),
      (45000, 1000, 65535), (65535, 65535, 65535), (58000, 30000, 12345), (23456, 54321, 1),
    ] {
      let words = [1, 1, 1, hue, saturation, brightness, 0]
      let path = try file("colors.aco", words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
      let outcome = try Program.run(["-mapfile", path, "-mapout", "-"], input: .bytes(Self.white.bytes))
      let palette = try NetpbmImage(outcome.output)
      let turn = 6 * Double(hue) / 65535
      let wanted = [5.0, 3.0, 1.0].map { offset in
        let place = (offset + turn).truncatingRemainder(dividingBy: 6)
        let part = max(0, min(min(place, 4 - place), 1))
        return Double(brightness) / 65535 * (1 - Double(saturation) / 65535 * part)
      }
      for (sample, value) in zip(palette.samples, wanted) {
        #expect(abs(Double(sample) - value * Double(palette.maxval)) <= 0.501, "\(words): \(palette.samples)")
      }
    }
  }

  private static let swatches: [UInt8] = [0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
  private static let exchange: [UInt8] = Array("ASEF".utf8) + [0, 1, 0, 0, 0, 0, 0, 1]

  @Test func badFilesAreSaidToBe() throws {
    let none =
      "neither a Netpbm image nor a palette: GIMP, CSS or hexadecimal colors, JASC, paint.net, .act, .aco or .ase"
    let texts = [
      ("JASC-PAL\n0200\n1\n1 2 3\n", "line 2 is no color"),
      ("JASC-PAL\n0100\nx\n1 2 3\n", "line 3 is no color"),
      ("JASC-PAL\n0100\n1\n1 2 3 4\n", "line 4 is no color"),
      ("JASC-PAL\n0100\n2\n1 2 3\n", "it says that it has 2 colors, but has 1"),
      ("JASC-PAL\n0100\n0\n", "there is no color in it"), ("123456\n12345\n", "line 2 is no color"),
      ("123456\n#1234567\n", "line 2 is no color"), ("123456 red\n", "line 1 is no color"),
      ("12345g\n", none), ("; nothing\n", none), ("a {\n  b: #fff;\n\n  c: red;\n}", "line 4 is no color"),
      ("a { /* \n\n */ b }", "line 3 is no color"), ("a { }", "there is no color in it"),
      ("GIMP Palette\nChannels: RGBA\n1 2 3\n", "line 3 is no color"),
      ("\u{1}", none), ("P8 is no image", none),
    ]
    for (text, mistake) in texts {
      try expectRefused(Array(text.utf8), mistake)
    }
    let cmyk = "color 1 is CMYK; only RGB, HSB and gray can be read"
    try expectRefused(Self.swatches, cmyk)
    try expectRefused(
      Self.swatches(model: 7, sample: 0), "color 1 is Lab; only RGB, HSB and gray can be read")
    try expectRefused(Self.swatches(model: 8, sample: 0xFF), "color 1 has a sample out of range")
    try expectRefused(Array(Self.swatches.dropLast()), none)
    try expectRefused([0, 1, 0, 0], "there is no color in it")
    let end = "end of file in the colors"
    try expectRefused(Self.exchange, end)
    try expectRefused(Array(Self.exchange.dropLast(2)), end)
    try expectRefused(Self.exchange + [0, 1, 0xFF, 0xFF, 0xFF, 0xFF], end)
    let zeros = [UInt8](repeating: 0, count: 16)
    let ink: [UInt8] = [0, 1, 0, 0, 0, 22, 0, 0] + Array("CMYK".utf8)
    try expectRefused(Self.exchange + ink + zeros, cmyk)
    let gray: [UInt8] = [0, 1, 0, 0, 0, 10, 0, 0] + Array("Gray".utf8)
    let notANumber: [UInt8] = [0x7F, 0xC0, 0, 0]
    try expectRefused(Self.exchange + gray + notANumber, "color 1 has a sample out of range")
    let table = [UInt8](repeating: 1, count: 768)
    let tooMany: [UInt8] = [1, 1, 0xFF, 0xFF]
    let nothing: [UInt8] = [0, 0, 0xFF, 0xFF]
    try expectRefused(table + tooMany, "it says that it has 257 colors, but has 256")
    try expectRefused(table + nothing, "there is no color in it")
    try expectRefused([UInt8](repeating: 1, count: 770), none)
  }

  private func expectRefused(_ bytes: [UInt8], _ mistake: String) throws {
    let path = try file("colors", bytes)
    let outcome = try Program.run(["-mapfile", path], input: .bytes(Self.white.bytes))
    #expect(outcome.status == 1 && outcome.output.isEmpty, "\(bytes)")
    #expect(outcome.errors == "pamkmeans: \(path): \(mistake)\n")
  }

  /// Swatches of one color in another model.
  private static func swatches(model: UInt8, sample: UInt8) -> [UInt8] {
    var bytes = swatches
    bytes[5] = model
    bytes[6] = sample
    return bytes
  }

  // MARK: - Writing

  /// An image of two rows; the second color has an opacity.
  private static func image(opacity: Int) -> NetpbmImage {
    NetpbmImage(
      magic: 7, width: 1, height: 2, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
      samples: [200, 30, 30, 255, 16, 128, 240, opacity])
  }

  @Test func filesAreAsTheirDescriptionsSay() throws {
    let table = [16, 128, 240, 200, 30, 30] + [UInt8](repeating: 0, count: 3 * 254)
    let files: [(String, Int, Data)] = [
      ("gpl", 255, Data("GIMP Palette\nName: pamkmeans\n#\n 16 128 240 1080f0\n200  30  30 c81e1e\n".utf8)),
      (
        "gpl", 9,
        Data(
          "GIMP Palette\nName: pamkmeans\nChannels: RGBA\n#\n 16 128 240   9 1080f009\n200  30  30 255 c81e1eff\n"
            .utf8)
      ),
      ("hex", 255, Data("1080f0\nc81e1e\n".utf8)), ("hex", 9, Data("1080f009\nc81e1eff\n".utf8)),
      ("css", 255, Data(":root {\n  --color-0: #1080f0;\n  --color-1: #c81e1e;\n}\n".utf8)),
      ("css", 9, Data(":root {\n  --color-0: #1080f009;\n  --color-1: #c81e1eff;\n}\n".utf8)),
      ("jasc", 255, Data("JASC-PAL\r\n0100\r\n2\r\n16 128 240\r\n200 30 30\r\n".utf8)),
      ("act", 255, Data(table + [0, 2, 0xFF, 0xFF])), ("act", 0, Data(table + [0, 2, 0, 0])),
    ]
    for (format, opacity, bytes) in files {
      let outcome = try Program.run(
        ["-k", "2", "-mapout", "-", "-mapformat", format], input: .bytes(Self.image(opacity: opacity).bytes))
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(format): \(outcome.errors)")
      #expect(outcome.output == bytes, "\(format) \(opacity): \(outcome.text)")
    }
    for (format, opacity, mistake) in [
      ("jasc", 9, "holds no opacity"),
      ("act", 9, "holds at most one transparent color, and none that is translucent"),
    ] {
      let outcome = try Program.run(
        ["-k", "2", "-mapout", "-", "-mapformat", format], input: .bytes(Self.image(opacity: opacity).bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: -mapformat \(format) \(mistake)\n")
    }
  }

  /// What is written reads as the same palette, and gives the same image.
  @Test(arguments: ["netpbm", "gpl", "hex", "css", "jasc", "act"])
  func palettesComeBack(format: String) throws {
    let path = scratch.path("palette")
    var images = [
      NetpbmImage.noise(magic: 6, width: 40, height: 30, maxval: 255), .noise(magic: 5, maxval: 255),
      .noise(magic: 6, maxval: 15), .noise(magic: 4, maxval: 1),
      .noise(magic: 7, depth: 4, maxval: 1, tupleType: "RGB_ALPHA"),
    ]
    if !["jasc", "act"].contains(format) {
      images.append(.noise(magic: 7, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"))
      images.append(.noise(magic: 7, depth: 2, maxval: 51, tupleType: "GRAYSCALE_ALPHA"))
    }
    for image in images where format != "jasc" || !image.tupleType.hasSuffix("_ALPHA") {
      let first = try Program.run(
        ["-k", "4", "-sort", "luminance", "-mapout", path, "-mapformat", format], input: .bytes(image.bytes))
      #expect(first.status == 0, "\(image.summary): \(first.errors)")
      let second = try Program.run(["-mapfile", path], input: .bytes(image.bytes))
      let (quantized, mapped) = (try NetpbmImage(first.output), try NetpbmImage(second.output))
      let scaled = quantized.tuples.map { tuple in
        let hasOpacity = quantized.tupleType.hasSuffix("_ALPHA")
        let samples = tuple.map { $0 * mapped.maxval / quantized.maxval }
        let color = hasOpacity ? Array(samples.dropLast()) : samples
        let opacity = hasOpacity ? [samples[samples.count - 1]] : []
        return (color.count < 3 && mapped.depth >= 3 ? [color[0], color[0], color[0]] : color) + opacity
      }
      #expect(mapped.tuples == scaled, "\(image.summary)")
    }
  }

  @Test func orderIsThatOfSort() throws {
    let image = NetpbmImage(
      magic: 6, width: 3, height: 1, depth: 3, maxval: 255, samples: [0, 0, 255, 9, 9, 9, 9, 9, 9])
    let outcome = try Program.run(
      ["-k", "2", "-sort", "count", "-mapout", "-", "-mapformat", "hex"], input: .bytes(image.bytes))
    #expect(outcome.text == "090909\n0000ff\n")
  }

  @Test func whatCannotBeHeldIsSaidBeforeInputIsRead() throws {
    let many = try file("many.pgm", NetpbmImage.noise(magic: 6, width: 300, height: 1, maxval: 255).bytes)
    let deep = try file("deep.ppm", NetpbmImage.noise(magic: 6, maxval: 1000).bytes)
    let cases = [
      (["-k", "4", "-mapformat", "hex"], "-mapformat is for -mapout"),
      (["-k", "257", "-mapformat", "act"], "-mapformat act holds at most 256 colors, but -k is 257"),
      (["-k", "3,4", "-mapformat", "gpl"], "-mapformat gpl and a list of -k exclude each other"),
      (["-mapfile", many, "-mapformat", "act"], "-mapformat act holds at most 256 colors, not 300"),
      (
        ["-mapfile", deep, "-mapformat", "css"],
        "-mapformat css holds samples of 0 to 255, but the maxval is 1000; put 'pamdepth 255' in front"
      ),
      (["-k", "4", "-mapformat", "png"], "-mapformat: 'png' is not one of netpbm, gpl, hex, css, jasc, act"),
    ]
    for (arguments, message) in cases {
      let palette = arguments == cases[0].0 ? [] : ["-mapout", "/dev/null"]
      let outcome = try Program.run(arguments + palette, input: .nothing)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: \(message)\n")
    }
  }

  /// No byte of an image whose palette cannot be written is on standard output.
  @Test func palettesAreCheckedBeforeImagesAreWritten() throws {
    let translucent = Self.image(opacity: 9).bytes
    let color = NetpbmImage.noise(magic: 6, maxval: 255)
    let duplicates = try file(
      "colors.hex", Array(repeating: "123456", count: 300).joined(separator: "\n").utf8)
    let many = NetpbmImage.noise(magic: 6, width: 30, height: 20, maxval: 255)
    let cases: [([String], Data, Int)] = [
      (["-k", "2", "-mapformat", "jasc"], translucent, 0),
      (["-k", "2", "-mapformat", "act"], translucent, 0),
      (["-k", "2", "-mapformat", "hex"], color.bytes + color.bytes, 1),
      (["-psnr", "90", "-k", "300", "-quiet", "-mapformat", "act"], many.bytes, 0),
      (["-mapfile", duplicates, "-sort", "file", "-mapformat", "act"], color.bytes, 0),
    ]
    for (options, input, written) in cases {
      let path = scratch.path("palette")
      let outcome = try Program.run(options + ["-mapout", path], input: .bytes(input))
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(options)")
      #expect(try outcome.output.isEmpty ? written == 0 : NetpbmImage.read(outcome.output).count == written)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// Color tables that begin like files of other formats, or have no control characters.
  @Test func colorTablesHaveNoSignature() throws {
    for start: [UInt8] in [[255, 216, 255], [66, 77, 5], [31, 139, 8], [200, 210, 220]] {
      let rest = [UInt8](repeating: start[0] == 200 ? 200 : 0, count: 765)
      let path = try file("colors.act", start + rest)
      let colors = try hex(path).split(separator: " ")
      #expect(colors.count == 2)
    }
  }

  @Test func imagesWhosePalettesDoNotFitAreRefused() throws {
    let images: [(NetpbmImage, String)] = [
      (
        .noise(magic: 6, maxval: 65535),
        "holds samples of 0 to 255, but the maxval is 65535; put 'pamdepth 255' in front"
      ), (.noise(magic: 7, depth: 5, maxval: 255), "holds gray and RGB, not other planes"),
    ]
    for (image, mistake) in images {
      // The raster is not needed to see it.
      let outcome = try Program.run(
        ["-k", "3", "-mapout", "/dev/null", "-mapformat", "gpl"], input: .bytes(image.bytes.dropLast(9)))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: -mapformat gpl \(mistake)\n")
    }
    let two = NetpbmImage.noise(magic: 6, maxval: 255).bytes + NetpbmImage.noise(magic: 6, maxval: 255).bytes
    let outcome = try Program.run(["-k", "3", "-mapout", "-", "-mapformat", "hex"], input: .bytes(two))
    #expect(outcome.status == 1)
    #expect(
      outcome.errors
        == "pamkmeans: image 2: -mapformat hex holds one palette; -shared chooses one for all images\n")
    let shared = try Program.run(
      ["-k", "3", "-shared", "-mapout", "-", "-mapformat", "hex"], input: .bytes(two))
    #expect(shared.status == 0 && shared.text.split(separator: "\n").count == 3)
  }
}
