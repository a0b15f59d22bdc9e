import Foundation
import Quantization
import Testing

/// The scripts in `examples/` that make one palette for many pictures, or pictures of other kinds than photographs.
@Suite struct WorkflowTests {
  private static let examples = Papers.path("examples")
  private static let photograph = Papers.path("examples/photo.jpg")

  /// The scripts, with arguments that start them in the directory that `init` makes.
  static let calls: [String: [String]] = [
    "gif.sh": ["20", "10", "frame 0.jpg", "frame 1.jpg", "frame 2.jpg"],
    "sprites.sh": ["12", "sprites", "made"],
    "transparent-png.sh": ["10", "sprites/logo 0.png"],
    "video.sh": ["8", "video.mkv", "made.mkv"],
  ]

  private let directory: TemporaryDirectory
  private let here: String
  private let scratch: String

  init() throws {
    directory = try TemporaryDirectory()
    here = directory.path("a working directory")
    scratch = directory.path("scratch")
    for path in [here, scratch, here + "/sprites"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let frames = """
      cd "$1" && for i in 0 1 2; do
        jpegtopnm -quiet "$2" | pamcut -left $((60 * i)) -width 160 -height 120 | pnmtojpeg >"frame $i.jpg"
      done
      """
    #expect(try Program.shell(frames, arguments: [here, Self.photograph]).status == 0)
    for (index, type) in ["RGB_ALPHA", "GRAYSCALE_ALPHA", "RGB"].enumerated() {
      let depth = ["RGB_ALPHA": 4, "GRAYSCALE_ALPHA": 2, "RGB": 3][type] ?? 1
      var logo = NetpbmImage.noise(
        magic: 7, width: 20, height: 9, depth: depth, maxval: 255, tupleType: type)
      if type != "RGB" {
        // Opaque, transparent and something between.
        for pixel in 0..<180 where pixel % 3 < 2 { logo.samples[depth * (pixel + 1) - 1] = pixel % 3 * 255 }
      }
      let outcome = try Program.shell(
        "pamtopng >\"$1\"", arguments: ["\(here)/sprites/logo \(index).png"], input: .bytes(logo.bytes))
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  private func run(_ script: String, _ arguments: [String], path: String? = nil) throws -> Program.Outcome {
    try Program.shell(
      "cd \"$1\" && \(path.map { "PATH='\($0)'; " } ?? "")shift && exec /bin/sh \"$@\"",
      arguments: [here, "\(Self.examples)/\(script)"] + arguments, environment: ["TMPDIR": scratch])
  }

  private func isInstalled(_ tool: String) throws -> Bool {
    try Program.shell("command -v \"$1\"", arguments: [tool]).status == 0
  }

  /// A picture as Netpbm reads it, with its opacity.
  private func picture(_ path: String) throws -> NetpbmImage {
    let outcome = try Program.shell("pngtopam -quiet -alphapam \"$1\"", arguments: [path])
    return try NetpbmImage(outcome.output)
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsTellTheirUsage(script: String) throws {
    for arguments in [[], ["1"]] {
      let outcome = try run(script, arguments)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("usage: \(script) ") && outcome.errorLines.count == 1)
    }
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsNameMissingTools(script: String) throws {
    let outcome = try run(script, try #require(Self.calls[script]), path: "/nonexistent")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.wholeMatch(of: /[a-z-]+\.sh: [a-z]+ is not installed\n/) != nil)
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsFailIfAnyPartFails(script: String) throws {
    guard try script != "video.sh" || isInstalled("ffmpeg") else { return }
    let good = try #require(Self.calls[script])
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: here + "/bad"))
    for wrong in [
      ["0"] + good.dropFirst(), good.map { $0.hasSuffix("0.jpg") || $0.hasSuffix("0.png") ? "bad" : $0 },
    ]
    where wrong != good {
      let outcome = try run(script, wrong)
      #expect(outcome.status != 0 && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(wrong)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
    }
  }

  @Test func animationsHaveAPaletteForEachFrame() throws {
    let outcome = try run("gif.sh", try #require(Self.calls["gif.sh"]))
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let told = try Program.shell("gifsicle --info", input: .bytes(outcome.output)).text
    #expect(told.contains("3 images") && told.contains("logical screen 160x120"))
    #expect(told.contains("delay 0.10s") && told.contains("loop forever"))
    let frames = """
      gifsicle --unoptimize >"$1/all.gif" && for i in 0 1 2; do
        gifsicle "$1/all.gif" "#$i" | giftopnm -quiet
      done
      """
    let images = try NetpbmImage.read(
      Program.shell(frames, arguments: [directory.path("scratch")], input: .bytes(outcome.output)).output)
    #expect(images.count == 3)
    // The first frame has all colors; the others may leave some unused.
    #expect(images[0].colors.count == 20 && images.allSatisfy { $0.colors.count <= 20 })
  }

  @Test func spritesHaveOnePalette() throws {
    let outcome = try run("sprites.sh", ["12", "sprites", "made"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty && outcome.output.isEmpty)
    var colors = Set<[Int]>()
    for index in 0..<3 {
      let (before, after) = try (
        picture("\(here)/sprites/logo \(index).png"), picture("\(here)/made/logo \(index).png")
      )
      #expect(after.width == before.width && after.height == before.height)
      let isOpaque = { (image: NetpbmImage) in
        image.tuples.map { !image.tupleType.hasSuffix("_ALPHA") || $0.last == image.maxval }
      }
      // What was opaque still is.
      #expect(zip(isOpaque(before), isOpaque(after)).allSatisfy { !$0 || $1 })
      colors.formUnion(
        after.tuples.map { tuple in
          let opacity = after.tupleType.hasSuffix("_ALPHA") ? tuple[tuple.count - 1] : 255
          return (after.depth < 3 ? [tuple[0], tuple[0], tuple[0]] : Array(tuple.prefix(3))) + [opacity]
        })
    }
    #expect(colors.count <= 12 && colors.count > 8)
    let palette = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: here + "/made/palette.pam")))
    #expect(palette.width == 12 && colors.isSubset(of: palette.tuples))
  }

  @Test(arguments: [0, 1])
  func transparentPicturesStaySo(index: Int) throws {
    let path = "\(here)/sprites/logo \(index).png"
    let outcome = try run("transparent-png.sh", ["10", "sprites/logo \(index).png"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let small = directory.path("small.png")
    try outcome.output.write(to: URL(fileURLWithPath: small))
    let (before, after) = try (picture(path), picture(small))
    #expect(after.colors.count <= 10 && after.tupleType.hasSuffix("_ALPHA"))
    let opacities = zip(before.tuples, after.tuples).map { ($0[before.depth - 1], $1[after.depth - 1]) }
    #expect(opacities.allSatisfy { ($0.0 != 0 || $0.1 == 0) && ($0.0 != 255 || $0.1 == 255) })
  }

  @Test func videosHaveTheColors() throws {
    guard try isInstalled("ffmpeg") else {
      let outcome = try run("video.sh", try #require(Self.calls["video.sh"]))
      #expect(outcome.status == 1 && outcome.errors == "video.sh: ffmpeg is not installed\n")
      return
    }
    let make =
      "cd \"$1\" && ffmpeg -nostdin -v error -f lavfi -i testsrc=duration=1:size=64x48:rate=5 video.mkv"
    #expect(try Program.shell(make, arguments: [here]).status == 0)
    let outcome = try run("video.sh", try #require(Self.calls["video.sh"]))
    #expect(outcome.status == 0 && outcome.errors.isEmpty && outcome.output.isEmpty)
    let frames = try NetpbmImage.read(
      Program.shell(
        "ffmpeg -nostdin -v error -i \"$1/made.mkv\" -f image2pipe -c:v ppm -", arguments: [here]
      ).output)
    #expect(
      frames.count == 5 && frames.allSatisfy { $0.width == 64 && $0.height == 48 && $0.colors.count <= 8 })
    #expect(frames[0].colors.count == 8)
  }
}
