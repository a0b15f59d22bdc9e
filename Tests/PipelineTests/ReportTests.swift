import Foundation
import Testing

/// What `-report` tells, against a recount from the pixels.
@Suite struct ReportTests {
  /// Every format, odd maxvals and depths, and a photograph.
  private static let images = [
    NetpbmImage.noise(magic: 4, width: 13, maxval: 1),
    .noise(magic: 1, width: 13, maxval: 1),
    .noise(magic: 5, width: 40, height: 30, maxval: 255),
    .noise(magic: 2, maxval: 77),
    .noise(magic: 5, maxval: 65535),
    .noise(magic: 6, width: 40, height: 30, maxval: 255),
    .noise(magic: 6, width: 20, height: 10, maxval: 65535),
    .noise(magic: 3, maxval: 254),
    .noise(magic: 7, depth: 2, maxval: 1, tupleType: "BLACKANDWHITE_ALPHA"),
    .noise(magic: 7, depth: 4, maxval: 300, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 20, depth: 5, maxval: 1023, tupleType: "a \"\\ b\u{1}\u{e9}"),
    Photograph.part(width: 60, height: 40),
  ]

  private static let stream = images.reduce(into: Data()) { $0 += $1.bytes }

  /// The names in the order of the manual page.
  private static let names = [
    "image", "width", "height", "depth", "maxval", "tuple_type", "colors_before", "k", "colors_after",
    "method", "space", "alpha", "init", "effort", "seed", "runs", "run", "iterations", "converged", "optimal",
    "inertia",
    "history", "mse",
    "psnr", "palette", "seconds", "raw_bytes", "indexed_bytes",
  ]

  /// Runs the program on a stream.
  ///
  /// - Returns: The images and the report's objects.
  private func run(
    _ arguments: [String], _ input: Data
  ) throws -> (images: [NetpbmImage], lines: [[String: Any]]) {
    let scratch = try TemporaryDirectory()
    let outcome = try Program.run(arguments + ["-report", scratch.path("report")], input: .bytes(input))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let report = try Data(contentsOf: URL(fileURLWithPath: scratch.path("report")))
    #expect(report.last == UInt8(ascii: "\n"))
    let lines = try report.split(separator: UInt8(ascii: "\n")).map(object)
    return (try NetpbmImage.read(outcome.output), lines)
  }

  private func object(_ line: Data) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
  }

  /// The squared distance between samples.
  private static func square(_ old: [Int], _ new: [Int]) -> Double {
    Double(zip(old, new).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
  }

  /// The mean squared difference of what is visible on the backgrounds from black to white, by Simpson's rule, which is
  /// exact for squares.
  private static func visibleSquare(_ maxval: Int) -> ([Int], [Int]) -> Double {
    { old, new in
      let opacities = [old, new].map { Double($0[$0.count - 1]) / Double(maxval) }
      return (0..<old.count - 1).reduce(0) { sum, plane in
        let squares = [0, 0.5, 1].map { part in
          let background = part * Double(maxval)
          let visible = zip([old, new], opacities).map { Double($0[plane]) * $1 + background * (1 - $1) }
          return (visible[0] - visible[1]) * (visible[0] - visible[1])
        }
        return sum + (squares[0] + 4 * squares[1] + squares[2]) / 6
      }
    }
  }

  /// Checks all of an object that follows from the image before and after, its colors being in an order, or, if that is
  /// nil, in lexicographic order.
  private func check(
    _ line: [String: Any], _ before: NetpbmImage, _ after: NetpbmImage, order: [[Int]]? = nil
  ) throws {
    func integer(_ name: String) throws -> Int { try #require(line[name] as? Int, "\(name)") }
    #expect(Set(line.keys) == Set(Self.names))
    #expect(try integer("width") == before.width && integer("height") == before.height)
    #expect(try integer("depth") == before.depth && integer("maxval") == before.maxval)
    let types = [1: "BLACKANDWHITE", 2: "GRAYSCALE", 3: "RGB"]
    let type = types[before.magic] ?? types[before.magic - 3] ?? before.tupleType
    #expect(line["tuple_type"] as? String == type)
    let isWhole = !(line["colors_before"] is NSNull)
    if isWhole { #expect(try integer("colors_before") == before.colors.count) }
    #expect(try integer("colors_after") == after.colors.count)

    let isPremultiplied = line["alpha"] as? String == "premultiplied"
    let square = isPremultiplied ? Self.visibleSquare(before.maxval) : Self.square
    let inertia = zip(before.tuples, after.tuples).reduce(0) { $0 + square($1.0, $1.1) }
    // Exact where it is a whole number.
    #expect(abs(Double(try integer("inertia")) - inertia) <= (isPremultiplied ? 0.5 + 1e-9 * inertia : 0))
    let scale = 255 / Double(before.maxval)
    let pixelCount = before.width * before.height
    let mse = inertia * scale * scale / Double(pixelCount)
    let told = try #require(line["mse"] as? Double)
    #expect(abs(told - mse) <= 1e-12 * mse)
    if inertia == 0 {
      #expect(line["psnr"] is NSNull)
    } else {
      let planeCount = isPremultiplied ? before.depth - 1 : before.depth
      let psnr = 10 * log10(255 * 255 / (mse / Double(planeCount)))
      #expect(abs(try #require(line["psnr"] as? Double) - psnr) < 1e-9)
    }

    let palette = try #require(line["palette"] as? [[String: Any]])
    #expect(palette.map { $0["samples"] as? [Int] } == order ?? after.colors)
    var pixels: [[Int]: Int] = [:]
    var inertias: [[Int]: Double] = [:]
    for (old, new) in zip(before.tuples, after.tuples) {
      pixels[new, default: 0] += 1
      inertias[new, default: 0] += square(old, new)
    }
    #expect(palette.map { $0["pixels"] as? Int } == (order ?? after.colors).map { pixels[$0] })
    for (entry, color) in zip(palette, order ?? after.colors) {
      let told = try #require(entry["inertia"] as? Double)
      #expect(abs(told - (inertias[color] ?? -1)) <= (isPremultiplied ? 0.5 + 1e-9 * told : 0))
    }

    var raw = before
    raw.magic = before.isPlain ? before.magic + 3 : before.magic
    #expect(try integer("raw_bytes") == raw.raster.count)
    var bits = 0
    while 1 << bits < after.colors.count { bits += 1 }
    let paletteBytes = after.colors.count * before.depth * (before.maxval > 255 ? 2 : 1)
    #expect(try integer("indexed_bytes") == paletteBytes + (pixelCount * bits + 7) / 8)
    let seconds = try #require(line["seconds"] as? [String: Double])
    #expect(Set(seconds.keys) == ["reading", "clustering", "writing"])
    #expect(seconds.values.allSatisfy { (0..<60).contains($0) })
  }

  @Test(arguments: [1, 2, 3, 5, 40, 3000])
  func agreesWithTheImages(colorCount: Int) throws {
    let (images, lines) = try run(["-k", "\(colorCount)", "-alpha", "planes"], Self.stream)
    try #require(images.count == Self.images.count && lines.count == images.count)
    for (index, before) in Self.images.enumerated() {
      let line = lines[index]
      try check(line, before, images[index])
      #expect(line["image"] as? Int == index + 1)
      #expect(line["k"] as? Int == colorCount)
      #expect(line["effort"] as? String == "normal" && line["init"] is NSNull)
      let history = try #require(line["history"] as? [Double])
      #expect(line["iterations"] as? Int == history.count)
      #expect(line["converged"] as? Bool == true)
      let isFlat = Set(before.colors.map { Set($0).count }) == [1]
      #expect(line["optimal"] as? Bool == (isFlat || before.colors.count <= colorCount))
      if before.colors.count <= colorCount {
        #expect(history.isEmpty && line["run"] is NSNull)
      } else if isFlat {
        #expect(history.isEmpty && line["run"] as? Int == 1)
      } else {
        #expect(line["run"] as? Int == 1 && !history.isEmpty)
        // Rounding changes little once nothing moves.
        let inertia = try #require(line["inertia"] as? Double)
        #expect(history == history.sorted(by: >))
        #expect(inertia <= (history.last ?? 0) * 1.5 + Double(before.samples.count))
      }
    }
  }

  @Test(arguments: ["luminance", "count"])
  func hasTheOrderOfThePalette(order: String) throws {
    let image = Photograph.part(width: 60, height: 40)
    let options = ["-k", "9", "-sort", order]
    let (images, lines) = try run(options, image.bytes)
    let palette = try NetpbmImage(Program.run(options + ["-mapout", "-"], input: .bytes(image.bytes)).output)
    try check(lines[0], image, images[0], order: palette.tuples)
  }

  /// What is hidden by transparency is no loss.
  @Test func transparentPixelsLoseNothing() throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 40, height: 30, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for pixel in 0..<1200 { image.samples[4 * pixel + 3] = [0, 0, 100, 255][pixel % 4] }
    for count in ["2", "40", "1000"] {
      let (images, lines) = try run(["-k", count], image.bytes)
      try check(lines[0], image, images[0])
    }
    // Five colors that show, and hidden ones.
    for pixel in 0..<1200 where pixel % 4 > 1 {
      image.samples.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [pixel % 5, 0, 0, 255])
    }
    let (images, lines) = try run(["-psnr", "90"], image.bytes)
    #expect(images[0].colors.count == 6 && lines[0]["psnr"] is NSNull && lines[0]["k"] as? Int == 6)
  }

  /// Where near colors are counted as one, what is told is measured on the pixels.
  @Test(arguments: [6, 7])
  func measuresWhatCountsAsOne(magic: Int) throws {
    let image = NetpbmImage.noise(
      magic: magic, width: 300, height: 280, depth: magic - 3, maxval: 65535,
      tupleType: magic == 7 ? "RGB_ALPHA" : "")
    let options = ["-effort", "fast", "-memory", "1M", "-quiet"]
    let (images, lines) = try run(["-k", "9"] + options, image.bytes)
    try check(lines[0], image, images[0])
    #expect(lines[0]["colors_before"] is NSNull)
    let (none, alone) = try run(["-k", "9", "-mapout", "-"] + options, image.bytes)
    #expect(none.count == 1 && alone[0]["inertia"] as? Int == lines[0]["inertia"] as? Int)
    let (reached, told) = try run(["-psnr", "13"] + options, image.bytes)
    try check(told[0], image, reached[0])
    #expect(try #require(told[0]["psnr"] as? Double) >= 13)
  }

  @Test func tellsHowItWasAsked() throws {
    let image = Photograph.part(width: 60, height: 40)
    let options = "-k 20 -init random -seed 18446744073709551615 -runs 4 -maxiter 1"
    let line = try run(options.split(separator: " ").map(String.init), image.bytes).lines[0]
    #expect(line["init"] as? String == "random" && line["effort"] is NSNull)
    #expect(line["seed"] as? UInt64 == .max)
    #expect(line["runs"] as? Int == 4)
    #expect((1...4).contains(try #require(line["run"] as? Int)))
    #expect(line["iterations"] as? Int == 1)
    #expect(line["converged"] as? Bool == false)
    let best = try run(["-k", "20", "-effort", "best"], image.bytes).lines[0]
    #expect(best["effort"] as? String == "best" && best["init"] is NSNull)
    #expect(try run(["-k=3", "-init=in_pixels"], image.bytes).lines[0]["init"] as? String == "pixels")
  }

  /// The names come in the manual page's order, and the page tells them all.
  @Test func isALineInTheOrderOfTheManual() throws {
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    let outcome = try Program.run(["-k", "3,5", "-report", "/dev/stderr"], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errorLines.count == 2)
    for line in outcome.errorLines {
      let places = Self.names.map { line.firstRange(of: "\"\($0)\":")?.lowerBound }
      #expect(!places.contains(nil))
      #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    }
    let section = try Papers.section("REPORT")
    let entries =
      section.components(separatedBy: ".TS\nlb lx.\n").dropFirst().first?
      .components(separatedBy: ".TE").first ?? ""
    let told = entries.matches(of: /\n?([a-z_, ]+)\tT\{/).flatMap { $0.1.components(separatedBy: ", ") }
    #expect(told == Self.names)
  }

  /// Inertia beyond what a Double holds exactly is still an integer.
  @Test func largeInertiaIsExact() throws {
    var image = NetpbmImage.noise(magic: 7, width: 1000, height: 500, depth: 6, maxval: 65535)
    for index in image.samples.indices { image.samples[index] = index / 6 % 2 == 0 ? 0 : 65535 }
    image.samples[0] = 1
    let scratch = try TemporaryDirectory()
    let outcome = try Program.run(
      ["-k", "1", "-report", scratch.path("report")], input: .bytes(image.bytes))
    let inertia = image.inertia(to: try NetpbmImage(outcome.output))
    #expect(inertia > 1 << 51)
    let text = try String(contentsOfFile: scratch.path("report"), encoding: .utf8)
    #expect(text.contains("\"inertia\":\(inertia),\"history\""))
  }

  // MARK: Files

  /// The line of an image is there before the next image has come.
  @Test func isFlushedWithItsImage() throws {
    let scratch = try TemporaryDirectory()
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    try image.bytes.write(to: URL(fileURLWithPath: scratch.path("image")))
    let script = """
      cd "$1" && mkfifo in report out || exit
      pamkmeans -k 2,3 -report report <in >out & exec 3>in 4<out 5<report
      cat image >&3
      read -r first <&5 && read -r second <&5 && printf '%s\\n' "$first" "$second"
      cat image >&3; exec 3>&-
      cat <&5
      wait
      """
    let outcome = try Program.shell(script, arguments: [scratch.url.path])
    let lines = try outcome.output.split(separator: UInt8(ascii: "\n")).map(object)
    #expect(lines.map { $0["image"] as? Int } == [1, 1, 2, 2])
    #expect(lines.map { $0["k"] as? Int } == [2, 3, 2, 3])
  }

  @Test func failsWhereItCannotBeWritten() throws {
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    let outcome = try Program.run(["-k", "2", "-report", "/dev/full"], input: .bytes(image.bytes))
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: cannot write '/dev/full': No space left on device\n")
  }

  /// A file is as it was when something goes wrong, and is replaced when all went well.
  @Test func replacesAFileWhenAllIsWell() throws {
    let scratch = try TemporaryDirectory()
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    let path = scratch.path("report")
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let cut = try Program.run(
      ["-k", "2", "-report", path], input: .bytes(image.bytes + image.bytes.dropLast()))
    #expect(cut.status == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
    let whole = try Program.run(
      ["-k", "2", "-report", path, "-mapout", "-"], input: .bytes(image.bytes))
    #expect(whole.status == 0)
    #expect(try object(Data(contentsOf: URL(fileURLWithPath: path)))["k"] as? Int == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["report"])
  }

  @Test func changesNoImage() throws {
    let scratch = try TemporaryDirectory()
    let with = try Program.run(
      ["-k", "3", "-report", scratch.path("report")], input: .bytes(Self.stream))
    #expect(try Program.run(["-k", "3"], input: .bytes(Self.stream)).output == with.output)
  }
}
