import Foundation
import Testing

/// The palettes that `-mapout` writes.
@Suite struct MapoutTests {
  /// A name beside the format for every kind of image: gray stays PGM, PBM stays PBM.
  private static let images = [
    NetpbmImage.noise(magic: 4, maxval: 1),
    .noise(magic: 5, maxval: 255),
    .noise(magic: 5, maxval: 1000),
    .noise(magic: 6, maxval: 255),
    .noise(magic: 6, maxval: 65535),
    .noise(magic: 7, depth: 1, maxval: 77, tupleType: "GRAYSCALE"),
    .noise(magic: 7, depth: 4, maxval: 300, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, depth: 16, maxval: 255),
  ]

  private static let stream = images.reduce(into: Data()) { $0 += $1.bytes }

  /// What the palette of an image has to be: its colors in a row, in lexicographic order.
  private static func palette(_ image: NetpbmImage) -> NetpbmImage {
    var palette = image
    palette.samples = image.colors.flatMap { $0 }
    palette.width = image.colors.count
    palette.height = 1
    return palette
  }

  @Test(arguments: [1, 2, 5, 45])
  func paletteHoldsTheColorsOfEachImage(colorCount: Int) throws {
    let scratch = try TemporaryDirectory()
    let outcome = try Program.run(
      ["-k", "\(colorCount)", "-alpha", "planes", "-mapout", scratch.path("palette")],
      input: .bytes(Self.stream))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let images = try NetpbmImage.read(outcome.output)
    let palettes = try Data(contentsOf: URL(fileURLWithPath: scratch.path("palette")))
    #expect(images.count == Self.images.count)
    #expect(try NetpbmImage.read(palettes) == images.map(Self.palette))
    // Every byte is as Netpbm writes it, so a PGM is a PGM.
    #expect(palettes == images.reduce(into: Data()) { $0 += Self.palette($1).bytes })

    let instead = try Program.run(
      ["-k", "\(colorCount)", "-alpha", "planes", "-mapout", "-"], input: .bytes(Self.stream))
    #expect(instead.status == 0)
    #expect(instead.errors.isEmpty)
    #expect(instead.output == palettes)

    let plain = try Program.run(
      ["-k", "\(colorCount)", "-alpha", "planes", "-plain", "-mapout=-"], input: .bytes(Self.stream))
    #expect(
      try NetpbmImage.read(plain.output)
        == images.map { Self.palette($0.with(magic: $0.magic == 7 ? 7 : $0.magic - 3)) })
  }

  @Test func nothingButTheNameChangesTheImage() throws {
    let scratch = try TemporaryDirectory()
    let with = try Program.run(["-k", "3", "-mapout", scratch.path("palette")], input: .bytes(Self.stream))
    #expect(try Program.run(["-k", "3"], input: .bytes(Self.stream)).output == with.output)
  }

  /// The palette may go over the image that was read.
  @Test func paletteMayReplaceTheInput() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("image")
    let original = Self.images[3]
    try original.bytes.write(to: URL(fileURLWithPath: path))
    let outcome = try Program.run(["-k", "3", "-mapout", path, path])
    #expect(outcome.status == 0)
    let image = try NetpbmImage(outcome.output)
    QuantizationLaws(original, image).expectFixpoint(3)
    #expect(try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: path))) == Self.palette(image))
  }

  /// The palettes of images, one after the other, are images like any other.
  @Test func palettesComeThroughUnchanged() throws {
    let palettes = try Program.run(["-k", "5", "-mapout", "-"], input: .bytes(Self.stream)).output
    #expect(try Program.run(["-k", "5"], input: .bytes(palettes)).output == palettes)
  }

  /// pnmremap with the palette reaches the same error.
  @Test(arguments: images[1...4] + [Photograph.part(width: 60, height: 40)], [2, 7, 16])
  func pnmremapReachesTheSameError(original: NetpbmImage, colorCount: Int) throws {
    let script = """
      cd "$1" && cat >image && pamkmeans -k "$2" -mapout palette image && pnmremap -quiet -mapfile=palette image
      """
    let scratch = try TemporaryDirectory()
    let outcome = try Program.shell(
      script, arguments: [scratch.url.path, "\(colorCount)"], input: .bytes(original.bytes))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let images = try NetpbmImage.read(outcome.output)
    try #require(images.count == 2)
    #expect(original.inertia(to: images[0]) == original.inertia(to: images[1]))
    #expect(images[0].colors == images[1].colors)
  }
}
