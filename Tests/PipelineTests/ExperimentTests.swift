import Foundation
import Testing

/// The scripts in `examples/` that compare.
@Suite struct ExperimentTests {
  private let examples: ExampleDirectory

  init() throws { examples = try ExampleDirectory() }

  @Test func comparisonsHaveAPanelForEach() throws {
    let comparison = try examples.run("compare-k.sh", [ExampleDirectory.photograph, "2", "3"]).output
    // Three panels of 300 and two gutters of 12 pixels.
    for (column, colors) in [(312, 2), (624, 3)] {
      let panel = try examples.inspect(
        comparison, "pngtopnm -quiet | pamcut -left \(column) -top 0 -width 300 -height 200 | cksum")
      let image = try examples.run("jpeg-to-png.sh", ["\(colors)", ExampleDirectory.photograph]).output
      #expect(try examples.inspect(image, "pngtopnm -quiet | pamscale -quiet -width=300 | cksum") == panel)
    }
    let width = try examples.inspect(comparison, "pngtopnm -quiet | pamfile -machine").split(separator: " ")[
      3]
    #expect(width == "924")
  }

  @Test func rateAndDistortionAreTabulatedAndDrawn() throws {
    let outcome = try examples.run("rate-distortion.sh", [ExampleDirectory.small, "made"])
    let rows = outcome.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").compactMap { Double($0) } }
    #expect(rows.first?.first == 2 && rows.last?.first == 256 && rows.count > 20)
    #expect(rows.allSatisfy { $0.count == 5 })
    for (row, next) in zip(rows, rows.dropFirst()) {
      #expect(row[0] < next[0] && row[1] < next[1] && row[2] > next[2])
    }
    let png = try examples.run("jpeg-to-png.sh", ["16", ExampleDirectory.small]).output
    #expect(rows.first { $0[0] == 16 }?[3] == Double(png.count))
    let svg = try String(contentsOfFile: "\(examples.here)/made.svg", encoding: .utf8)
    #expect(svg.contains("<svg") && svg.contains("PSNR, dB") && svg.contains("size as PNG"))
    let plot = try Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/made.png"))
    #expect(try examples.inspect(plot, "pngtopnm -quiet | pamfile -machine").contains(" 800 500 "))
  }

  @Test func startsAreCompared() throws {
    let outcome = try examples.run("init-comparison.sh", [ExampleDirectory.small, "made.png"])
    let rows = outcome.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: " ")
    }
    #expect(
      rows.map { "\($0[0]) \($0[1])" }
        == [3, 5, 7, 15, 30].flatMap { colors in
          ["random", "pixels", "kmeans++", "default"].map { "\(colors) \($0)" }
        })
    for row in rows {
      let numbers = row[2...6].compactMap { Double($0) }
      #expect(numbers.count == 5)
      #expect(numbers[3] <= numbers[2] && numbers[2] <= numbers[4])
    }
    let picture = try Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/made.png"))
    #expect(try examples.inspect(picture, "pngtopnm -quiet | pamfile -machine").contains(" 1224 "))
  }

  @Test func fewColorsAreNoFailure() throws {
    let few = examples.here + "/few.jpg"
    let made = "pbmmake -gray 64 32 | pnmtojpeg -grayscale >\"$1\""
    #expect(try Program.shell(made, arguments: [few]).status == 0)
    for (script, arguments) in [("compare-k.sh", ["1", "300"]), ("init-comparison.sh", ["few.png"])] {
      let outcome = try examples.run(script, ["few.jpg"] + arguments)
      #expect(outcome.status == 0, "\(script)")
      #expect(outcome.errors.isEmpty, "\(script)")
      if script == "init-comparison.sh" { #expect(outcome.text.split(separator: "\n").count == 22) }
    }
  }

  @Test func nothingToDrawIsToldInOneLine() throws {
    let made = "pgmmake 0.5 8 8 | pnmtojpeg >\"$1\""
    #expect(try Program.shell(made, arguments: [examples.here + "/plain.jpg"]).status == 0)
    let outcome = try examples.run("rate-distortion.sh", ["plain.jpg", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "rate-distortion.sh: plain.jpg has no more than 2 colors\n")
    #expect(try examples.files(examples.here) == ["folder", "plain.jpg"])
  }

  /// The panels behind the original are what the program makes of it, dither by dither.
  @Test func sheetsHaveAPanelForEachDither() throws {
    let palette = "\(ExampleDirectory.examples)/palette.gpl"
    let sheet = try examples.run("recolor.sh", [ExampleDirectory.photograph, palette]).output
    let size = try examples.inspect(sheet, "pngtopnm -quiet | pamfile -machine").split(separator: " ")
    #expect(size[3] == "1968")
    let scaled = try Program.shell("pamscale -quiet -width=384", input: .bytes(Photograph.whole)).output
    var panels = Set<String>()
    for (number, dither) in ["none", "floyd", "bayer8", "bluenoise"].enumerated() {
      let left = (number + 1) * 396
      let panel = try examples.inspect(
        sheet, "pngtopnm -quiet | pamcut -left \(left) -top 0 -width 384 -height 256 | cksum")
      let mapped = try Program.run(["-mapfile", palette, "-dither", dither], input: .bytes(scaled)).output
      #expect(try examples.inspect(mapped, "cksum") == panel, "\(dither)")
      panels.insert(panel)
    }
    #expect(panels.count == 4)
    #expect(
      try examples.run("recolor.sh", [ExampleDirectory.photograph, palette, "-made.png"]).output.isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/-made.png")) == sheet)
  }

  @Test func grayPhotographsAreRecolored() throws {
    let made = "jpegtopnm -quiet \"$1\" | ppmtopgm | pnmtojpeg >\"$2\""
    let gray = examples.here + "/gray.jpg"
    #expect(try Program.shell(made, arguments: [examples.directory.path("small.jpg"), gray]).status == 0)
    let outcome = try examples.run("recolor.sh", ["gray.jpg", "\(ExampleDirectory.examples)/palette.gpl"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
  }
}
