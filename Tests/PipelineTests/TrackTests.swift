import Foundation
import Testing

/// Frames whose palettes follow each other: `-track`.
@Suite struct TrackTests {
  /// A frame of smooth gradients, noise and a disc.
  private static func frame(
    _ number: Int, seed: UInt64 = 1, noise: Int = 0, brightness: Int = 100, disc: Int? = nil,
    maxval: Int = 255
  ) -> NetpbmImage {
    let (width, height) = (60, 40)
    var generator = NetpbmImage.Noise(state: seed &* 77 &+ UInt64(number))
    var samples: [Int] = []
    for y in 0..<height {
      for x in 0..<width {
        var color = [4 * x, 5 * y + x % 7, 200 - 2 * x - y]
        if let disc, (x - disc) * (x - disc) + (y - 20) * (y - 20) < 16 { color = [255, 0, 200] }
        for sample in color {
          let value = sample * brightness / 100 + (noise > 0 ? generator.next(upTo: 2 * noise) - noise : 0)
          samples.append(min(max(value, 0), 255) * maxval / 255)
        }
      }
    }
    return NetpbmImage(magic: 6, width: width, height: height, depth: 3, maxval: maxval, samples: samples)
  }

  private func run(_ arguments: [String], _ frames: [NetpbmImage]) throws -> [NetpbmImage] {
    let input = frames.reduce(Data()) { $0 + $1.bytes }
    let outcome = try Program.run(["-track"] + arguments, input: .bytes(input))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return try NetpbmImage.read(outcome.output)
  }

  private static func squaredError(_ first: NetpbmImage, _ second: NetpbmImage) -> Int {
    zip(first.samples, second.samples).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func theFirstFrameIsAsWithoutIt() throws {
    let frame = Self.frame(0, noise: 5)
    let alone = try Program.run(["-k", "16"], input: .bytes(frame.bytes))
    #expect(try run(["-k", "16"], [frame])[0].bytes == alone.output)
  }

  @Test(arguments: [
    [], ["-dither", "bayer8"], ["-dither", "bluenoise"], ["-space", "oklab"], ["-emphasis", "0.5"],
    ["-space", "linear", "-dither", "bayer8"], ["-index"], ["-effort", "fast", "-threads", "3"],
  ])
  func noiseDoesNotFlicker(options: [String]) throws {
    let frames = (0..<8).map { Self.frame($0, noise: 3) }
    let output = try run(["-k", "12"] + options, frames)
    #expect(output.count == 8)
    for number in 1..<frames.count {
      let (before, after) = (frames[number - 1].tuples, frames[number].tuples)
      let still = before.indices.filter { before[$0] == after[$0] }
      #expect(!still.isEmpty)
      let (first, second) = (output[number - 1].tuples, output[number].tuples)
      #expect(still.allSatisfy { first[$0] == second[$0] }, "frame \(number)")
    }
  }

  @Test func errorStaysNearThatOfFramesAlone() throws {
    let fade = (1...8).map { Self.frame($0, brightness: 12 * $0) }
    let discs = (0..<8).map { Self.frame($0, disc: 5 + 7 * $0) }
    let cuts =
      (0..<3).map { _ in Self.frame(0) } + (0..<3).map { _ in Self.frame(0, brightness: 30, disc: 30) }
    for frames in [fade, discs, cuts] {
      let output = try run(["-k", "16"], frames)
      var (tracked, alone) = (0, 0)
      for (frame, image) in zip(frames, output) {
        tracked += Self.squaredError(frame, image)
        let single = try Program.run(["-k", "16"], input: .bytes(frame.bytes))
        alone += try Self.squaredError(frame, NetpbmImage(single.output))
        #expect(image.colors.count <= 16)
      }
      #expect(Double(tracked) <= 1.03 * Double(alone), "\(tracked) and \(alone)")
    }
  }

  /// A color that vanishes leaves its entry to others.
  @Test func emptyEntriesAreUsedElsewhere() throws {
    let frames = (0..<3).map { _ in Self.frame(0, disc: 30) } + (0..<3).map { _ in Self.frame(0) }
    let scratch = try TemporaryDirectory()
    let path = scratch.path("palettes")
    let output = try run(["-k", "8", "-mapout", path], frames)
    let palettes = try NetpbmImage.read(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(palettes[2].tuples.contains([255, 0, 200]) && !palettes[3].tuples.contains([255, 0, 200]))
    #expect(palettes[0] == palettes[2] && palettes[3] == palettes[5])
    let alone = try Program.run(["-k", "8"], input: .bytes(frames[5].bytes))
    let error = try Self.squaredError(frames[5], NetpbmImage(alone.output))
    #expect(Double(Self.squaredError(frames[5], output[5])) <= 1.02 * Double(error))
  }

  /// A still frame is mapped to the palette that stays, as `-mapfile` would map it, and its error is reported.
  @Test(arguments: [3, 12, 40], [1, 3, 4])
  func stillFramesAreMappedExactly(count: Int, depth: Int) throws {
    let frames = (0..<5).map { number in
      let color = Self.frame(number, noise: 3)
      var frame = color
      frame.magic = 7
      frame.depth = depth
      frame.tupleType = ""
      frame.samples = color.tuples.flatMap { tuple in (0..<depth).map { tuple[$0 % 3] } }
      return frame
    }
    let scratch = try TemporaryDirectory()
    let (palettes, report) = (scratch.path("palettes"), scratch.path("report"))
    let output = try run(["-k", "\(count)", "-mapout", palettes, "-report", report], frames)
    let written = try NetpbmImage.read(Data(contentsOf: URL(fileURLWithPath: palettes)))
    let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
    #expect(written.count == 5 && lines.count == 5)
    if count == 3 { #expect(written[4] == written[1]) }
    for (number, frame) in frames.enumerated() {
      let path = scratch.path("palette")
      try written[number].bytes.write(to: URL(fileURLWithPath: path))
      let mapped = try Program.run(["-mapfile", path], input: .bytes(frame.bytes))
      #expect(try NetpbmImage(mapped.output).samples == output[number].samples, "frame \(number)")
      let inertia = Self.squaredError(frame, output[number])
      #expect(lines[number].contains("\"inertia\":\(inertia),\"history\""))
    }
  }

  /// Each pixel has the nearest color of its frame's palette, whose entries keep their places.
  @Test func palettesOfFramesAreWritten() throws {
    let frames = (0..<6).map { Self.frame($0, noise: 2, brightness: 100 - 4 * $0) }
    let scratch = try TemporaryDirectory()
    let path = scratch.path("palettes")
    let output = try run(["-k", "10", "-sort", "luminance", "-mapout", path], frames)
    let palettes = try NetpbmImage.read(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(palettes.count == 6 && palettes.allSatisfy { $0.width == 10 && $0.colors.count == 10 })
    for (number, frame) in frames.enumerated() {
      let colors = palettes[number].tuples
      for (before, after) in zip(frame.tuples, output[number].tuples) {
        let distances = colors.map { color in
          zip(color, before).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(colors.contains(after))
        let own = zip(after, before).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(own == distances.min())
      }
    }
    // The fade is slow, so no entry jumps: each is nearest to the entry of its number in the frame before.
    for (before, after) in zip(palettes, palettes.dropFirst()) {
      for (number, color) in after.tuples.enumerated() {
        let distances = before.tuples.map { other in
          zip(color, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(distances[number] == distances.min() || distances[number] < 1000, "entry \(number)")
      }
    }
    #expect(palettes.first != palettes.last)
    let indices = try run(["-k", "10", "-sort", "luminance", "-index"], frames)
    for (number, image) in indices.enumerated() {
      #expect(image.samples.map { palettes[number].tuples[$0] } == output[number].tuples)
    }
  }

  @Test func fewColorsStayExact() throws {
    let flat = { (values: [Int]) in
      NetpbmImage(magic: 5, width: values.count, height: 1, maxval: 255, samples: values)
    }
    let frames = [
      flat([0, 0, 9]), flat([9, 200, 9]), flat([0, 50, 200]), flat([7, 7]), flat([0, 9, 50]),
      flat([1, 2, 3, 4]),
    ]
    let output = try run(["-k", "4"], frames)
    #expect(output == frames)
  }

  @Test func fixedColorsStay() throws {
    let scratch = try TemporaryDirectory()
    let (fixed, palettes) = (scratch.path("fixed.hex"), scratch.path("palettes"))
    try Data("ff00c8 000000".utf8).write(to: URL(fileURLWithPath: fixed))
    let frames = (0..<5).map { Self.frame($0, noise: 1, brightness: 100 - 15 * $0) }
    _ = try run(["-k", "8", "-fixed", fixed, "-mapout", palettes], frames)
    let written = try NetpbmImage.read(Data(contentsOf: URL(fileURLWithPath: palettes)))
    let first = written[0].tuples
    for palette in written {
      #expect(palette.width == 8 && palette.colors.count == 8)
      for color in [[255, 0, 200], [0, 0, 0]] {
        #expect(palette.tuples.firstIndex(of: color) == first.firstIndex(of: color) && first.contains(color))
      }
    }
  }

  @Test func opacityIsTracked() throws {
    var frames: [NetpbmImage] = []
    for number in 0..<5 {
      let frame = Self.frame(number, noise: 2, brightness: 100 - 10 * number)
      var image = NetpbmImage(
        magic: 7, width: frame.width, height: frame.height, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
      for (place, tuple) in frame.tuples.enumerated() {
        image.samples += tuple + [place % 60 < 20 ? 0 : place % 60 < 30 ? 128 : 255]
      }
      frames.append(image)
    }
    let output = try run(["-k", "12"], frames)
    for (frame, image) in zip(frames, output) {
      #expect(image.colors.count <= 12)
      for (before, after) in zip(frame.tuples, image.tuples) where before[3] != 128 {
        #expect(after[3] == before[3])
      }
    }
    for (before, after) in zip(output, output.dropFirst()) {
      // Transparent parts stay what they are.
      #expect(zip(before.tuples, after.tuples).allSatisfy { $0[3] != 0 || $0 == $1 })
    }
  }

  /// A few transparent pixels appear; then all pixels become opaque.
  @Test func opacityChangesAreSeen() throws {
    func frame(_ opacity: (Int) -> Int) -> NetpbmImage {
      let frame = Self.frame(0, noise: 20)
      var image = NetpbmImage(
        magic: 7, width: frame.width, height: frame.height, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
      for (place, tuple) in frame.tuples.enumerated() {
        image.samples += opacity(place) == 0 ? [0, 0, 0, 0] : tuple + [opacity(place)]
      }
      return image
    }
    let frames = [
      frame { _ in 254 }, frame { _ in 255 }, frame { $0 % 90 == 0 ? 0 : 255 }, frame { _ in 255 },
    ]
    for options in [["-k", "16"], ["-k", "3", "-dither", "bayer8"]] {
      let output = try run(options, frames)
      for (before, after) in zip(frames, output) {
        for (old, new) in zip(before.tuples, after.tuples) where old[3] != 254 {
          #expect(old[3] == new[3])
        }
      }
    }
  }

  /// What -report and -verbose say of a frame does not change it, and is right.
  @Test func reportsDoNotChangeFrames() throws {
    let frames = (0..<4).map { Self.frame($0, noise: 2, brightness: 100 - 10 * $0) }
    let input = frames.reduce(Data()) { $0 + $1.bytes }
    let scratch = try TemporaryDirectory()
    let path = scratch.path("report")
    let options = ["-k", "9", "-track", "-memory", "1"]
    let plain = try Program.run(options, input: .bytes(input))
    let verbose = try Program.run(options + ["-verbose", "-report", path], input: .bytes(input))
    #expect(plain.status == 0 && plain.output == verbose.output)
    #expect(verbose.errorLines.count { $0.contains(" colors, inertia ") } == 4)
    let lines = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self).split(
      separator: "\n")
    #expect(
      lines.count == 4 && lines.allSatisfy { $0.contains("\"k\":9,") && $0.contains("\"optimal\":false") })
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let frames = (0..<6).map { Self.frame($0, noise: 4, brightness: 100 - 6 * $0, disc: 10 * $0) }
    let one = try run(["-k", "24", "-threads", "1"], frames)
    for threads in ["2", "5"] {
      #expect(try run(["-k", "24", "-threads", threads], frames) == one)
    }
  }

  @Test func framesAreOfOneKind() throws {
    let color = Self.frame(0)
    let cases: [(NetpbmImage, String)] = [
      (
        .noise(magic: 5, maxval: 255),
        "image 2 has depth 1, the first 3 (-track); pgmtoppm and ppmtopgm change it"
      ), (.noise(magic: 7, depth: 3, maxval: 255), "image 2 has another tuple type than the first (-track)"),
    ]
    for (other, message) in cases {
      let outcome = try Program.run(["-k", "4", "-track"], input: .bytes(color.bytes + other.bytes))
      #expect(outcome.status == 1 && outcome.errors == "pamkmeans: \(message)\n")
      #expect(try NetpbmImage.read(outcome.output).count == 1)
    }
    let list = try Program.run(["-k", "4,5", "-track"], input: .bytes(color.bytes))
    #expect(list.errors == "pamkmeans: -track and a list of -k exclude each other\n")
  }

  /// A frame is written before the next one is read: the writer waits for it.
  @Test func framesAreWrittenAtOnce() throws {
    let scratch = try TemporaryDirectory()
    let frame = Self.frame(0)
    try frame.bytes.write(to: URL(fileURLWithPath: scratch.path("frame")))
    let script = """
      cd "$1" && mkfifo in out
      pamkmeans -k 8 -track <in >out & exec 3>in 4<out
      for i in 1 2 3; do cat frame >&3; head -c "$2" <&4 >"got$i" || exit; done
      exec 3>&-; cat <&4 >rest; wait && cmp got1 got3 && test ! -s rest
      """
    let size = String(frame.bytes.count)
    #expect(try Program.shell(script, arguments: [scratch.url.path, size]).status == 0)
  }
}
