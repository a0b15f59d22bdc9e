import Foundation
import Testing

/// Every format, maxval, depth and tuple type comes out as it went in.
@Suite struct FormatTests {
  private static let maxvals = [1, 2, 254, 255, 256, 1000, 65535]
  private static let types = [
    ("GRAYSCALE", 1), ("RGB", 3), ("GRAYSCALE_ALPHA", 2), ("RGB_ALPHA", 4), ("spectrum 1", 7),
  ]

  /// PBM, PGM and PPM, plain and raw, and PAM of every tuple type and of depth 1 to 16, with every maxval.
  private static let all: [NetpbmImage] = {
    var images: [NetpbmImage] = [
      .noise(magic: 1, width: 19, maxval: 1), .noise(magic: 4, width: 19, maxval: 1),
    ]
    for maxval in maxvals {
      for magic in [2, 3, 5, 6] { images.append(.noise(magic: magic, maxval: maxval)) }
      for depth in 1...16 { images.append(.noise(magic: 7, depth: depth, maxval: maxval)) }
      for (type, depth) in types {
        images.append(.noise(magic: 7, depth: depth, maxval: maxval, tupleType: type))
      }
    }
    images.append(.noise(magic: 7, depth: 1, maxval: 1, tupleType: "BLACKANDWHITE"))
    images.append(.noise(magic: 7, depth: 2, maxval: 1, tupleType: "BLACKANDWHITE_ALPHA"))
    // Planes behind those the type needs are planes like any other.
    images.append(.noise(magic: 7, depth: 5, maxval: 255, tupleType: "RGB"))
    return images
  }()

  private static let white = ["", "\n", " ", "\t\r\n", " \u{B}\u{C}\n\n"]

  /// The images one after the other, with varied white space between them.
  private static func stream(_ images: [NetpbmImage]) -> Data {
    zip(images, 0...).reduce(into: Data()) { bytes, image in
      bytes += image.0.bytes + Data(white[image.1 % white.count].utf8)
    }
  }

  private static func rawMagic(_ magic: Int) -> Int { magic <= 3 ? magic + 3 : magic }
  private static func plainMagic(_ magic: Int) -> Int { 4...6 ~= magic ? magic - 3 : magic }

  @Test(arguments: [false, true])
  func fewColorsComeThroughUnchanged(plain: Bool) throws {
    let arguments = ["-k", "45"] + (plain ? ["-plain"] : [])
    let outcome = try Program.run(arguments, input: .bytes(Self.stream(Self.all)))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let images = try NetpbmImage.read(outcome.output)
    #expect(images.count == Self.all.count)
    for (image, original) in zip(images, Self.all) {
      let magic = plain ? Self.plainMagic(original.magic) : Self.rawMagic(original.magic)
      #expect(image == original.with(magic: magic), "\(original.summary)")
    }
    // Raw output is what Netpbm itself would write, byte for byte.
    if !plain { #expect(outcome.output == images.reduce(into: Data()) { $0 += $1.bytes }) }
  }

  @Test(arguments: [1, 2, 7], [false, true])
  func colorsAreReducedInEveryFormat(colorCount: Int, plain: Bool) throws {
    let arguments = ["-plain"].filter { _ in plain } + ["-k", "\(colorCount)", "-alpha", "planes"]
    let outcome = try Program.run(arguments, input: .bytes(Self.stream(Self.all)))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let images = try NetpbmImage.read(outcome.output)
    #expect(images.count == Self.all.count)
    for (image, original) in zip(images, Self.all) {
      #expect(image.isPlain == (plain && original.magic != 7))
      QuantizationLaws(original, image.with(magic: original.magic)).expectFixpoint(colorCount)
    }
  }

  @Test func imagesOfAStreamAreAsIfAlone() throws {
    let together = try Program.run(["-k", "3"], input: .bytes(Self.stream(Self.all))).output
    let some = Self.all.indices.filter { $0 % 8 == 0 }
    let images = try NetpbmImage.read(together)
    for index in some {
      let alone = try Program.run(["-k", "3"], input: .bytes(Self.all[index].bytes)).output
      #expect(try NetpbmImage(alone) == images[index])
    }
  }

  @Test func plainLinesAreShort() throws {
    let wide = [1, 2, 3].flatMap { magic in
      (magic == 1 ? [1] : Self.maxvals).map {
        NetpbmImage.noise(magic: magic, width: 211, height: 3, maxval: $0)
      }
    }
    for mapout in [[], ["-mapout", "-"]] {
      let outcome = try Program.run(["-plain", "-k", "100"] + mapout, input: .bytes(Self.stream(wide)))
      let lengths = outcome.text.split(separator: "\n").map(\.utf8.count)
      #expect(lengths.count > wide.count * 3)
      #expect(lengths.allSatisfy { $0 <= 70 })
    }
  }

  @Test func commentsMayHoldAnyBytes() throws {
    let bytes = Data((0...255).filter { $0 != 10 && $0 != 13 }) + Data(repeating: 0xFF, count: 1000)
    let comment = Data("#".utf8) + bytes + Data("\n".utf8)
    for magic in 1...7 {
      let image = NetpbmImage.noise(magic: magic, maxval: magic == 1 || magic == 4 ? 1 : 255)
      let lines = image.header.split(separator: UInt8(ascii: "\n"))
      let commented: Data
      if magic == 7 {
        commented = Data(lines.map { $0 + Data("\n".utf8) }.joined(separator: comment))
      } else {
        // Behind the magic number and around every number but the last, whose one white space ends the header.
        let words = image.header.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: " ") }
        commented = Data(words.joined(separator: Data(" ".utf8) + comment + comment)) + Data("\n".utf8)
      }
      let outcome = try Program.run(["-k", "100"], input: .bytes(commented + image.raster))
      #expect(outcome.errors.isEmpty)
      #expect(try NetpbmImage(outcome.output) == image.with(magic: Self.rawMagic(magic)))
    }
    // In a plain raster too.
    let raster = Data("P2 2 2 9 1 ".utf8) + comment + Data("2 ".utf8) + comment + Data("3#x\n4\n".utf8)
    let outcome = try Program.run(["-k", "9"], input: .bytes(raster))
    #expect(outcome.text == "P5\n2 2\n9\n\u{1}\u{2}\u{3}\u{4}")
  }

  @Test func everyImageIsWrittenBeforeTheNextIsRead() throws {
    let scratch = try TemporaryDirectory()
    let first = NetpbmImage.noise(magic: 6, maxval: 255)
    let second = NetpbmImage.noise(magic: 5, maxval: 1000)
    try first.bytes.write(to: URL(fileURLWithPath: scratch.path("first")))
    try second.bytes.write(to: URL(fileURLWithPath: scratch.path("second")))
    // Were an image kept back, dd would wait for it, and the tests for dd, until they lose patience.
    let script = """
      cd "$1" && mkfifo in out palette || exit
      pamkmeans -k 100 -mapout palette <in >out & exec 3>in 4<out 5<palette
      cat first >&3
      dd bs=1 count="$2" <&4 2>/dev/null
      dd bs=1 count=2 <&5 2>/dev/null
      cat second >&3
      exec 3>&-
      cat <&4
      wait $!
      """
    let outcome = try Program.shell(script, arguments: [scratch.url.path, "\(first.bytes.count)"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output == first.bytes + Data("P6".utf8) + second.bytes)
  }

  /// Netpbm's own programs take what comes out, and see the colors in it.
  @Test(arguments: [
    "pamtopnm", "pamvalidate", "pnmtopng -quiet | pngtopnm -quiet", "pamtogif -quiet | giftopnm -quiet",
  ])
  func netpbmAccepts(tool: String) throws {
    for magic in 1...6 {
      for maxval in magic == 1 || magic == 4 ? [1] : [255, 65535] {
        let image = NetpbmImage.noise(magic: magic, width: 32, height: 16, maxval: maxval)
        for option in ["", "-plain"] {
          let outcome = try Program.shell("pamkmeans -k 7 \(option) | \(tool)", input: .bytes(image.bytes))
          #expect(outcome.status == 0, "\(image.summary)")
          #expect(outcome.errors.isEmpty, "\(image.summary)")
          let made = try NetpbmImage(outcome.output)
          #expect(made.colors.count == min(7, image.colors.count), "\(image.summary)")
        }
      }
    }
  }

  @Test func netpbmAcceptsOpacity() throws {
    let image = NetpbmImage.noise(magic: 7, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    let ours = try Program.run(["-k", "7"], input: .bytes(image.bytes))
    let outcome = try Program.shell(
      "pamvalidate | pamrgbatopng | pngtopam -quiet -alphapam", input: .bytes(ours.output))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output == ours.output)
  }
}
