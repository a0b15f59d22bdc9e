import Foundation
import Testing

/// Every script in `examples/`, run on its photograph from a directory with a space in its name.
@Suite struct ExampleTests {
  private static let examples = Papers.path("examples")
  private static let photograph = Papers.path("examples/photo.jpg")

  /// The photograph at a quarter of its width and height, for scripts that cluster many times; `init` makes it.
  private static let small = "../small.jpg"

  /// All scripts, with arguments that start them on the photograph; `folder` holds photographs, and `made` can be made.
  private static let calls: [String: [String]] = [
    "compare-k.sh": [photograph, "2"],
    "init-comparison.sh": [small, "made.png"],
    "jpeg-to-jpeg.sh": ["7", photograph],
    "jpeg-to-png.sh": ["7", photograph],
    "palette-strip.sh": ["7", photograph],
    "quantize-folder.sh": ["7", "folder", "made"],
    "rate-distortion.sh": [small, "made"],
    "save-as.sh": [photograph, "7", "png", "jpg", "gif", "tiff", "pdf", "ppm"],
    "to-pdf.sh": ["7", photograph],
  ]

  /// A working directory for a script, and a directory for its temporary files.
  private let directory: TemporaryDirectory
  private let here: String
  private let scratch: String

  init() throws {
    directory = try TemporaryDirectory()
    here = directory.path("a working directory")
    scratch = directory.path("scratch")
    for path in [here, scratch, here + "/folder"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let scaling = "jpegtopnm -quiet \"$1\" | pamscale -quiet 0.25 | pnmtojpeg -quality=92 >\"$2\""
    let made = try Program.shell(scaling, arguments: [Self.photograph, directory.path("small.jpg")])
    #expect(made.status == 0, "\(made.errors)")
  }

  /// Whether an argument of a call is a photograph.
  private static func isPhotograph(_ argument: String) -> Bool { [photograph, small].contains(argument) }

  /// Runs a script from the working directory.
  private func run(_ script: String, _ arguments: [String], path: String? = nil) throws -> Program.Outcome {
    try Program.shell(
      "cd \"$1\" && \(path.map { "PATH='\($0)'; " } ?? "")shift && exec /bin/sh \"$@\"",
      arguments: [here, "\(Self.examples)/\(script)"] + arguments, environment: ["TMPDIR": scratch])
  }

  /// What a pipeline of Netpbm's programs prints of a file.
  private func inspect(_ bytes: Data, _ pipeline: String) throws -> String {
    let outcome = try Program.shell(pipeline, input: .bytes(bytes))
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func colorCount(_ png: Data) throws -> Int? {
    Int(try inspect(png, "pngtopnm -quiet | ppmhist -noheader | wc -l"))
  }

  private func files(_ path: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: path))
  }

  private func addPhotograph(_ name: String) throws {
    try FileManager.default.copyItem(atPath: Self.photograph, toPath: "\(here)/folder/\(name)")
  }

  @Test func everyScriptIsTested() throws {
    let scripts = try files(Self.examples).filter { $0.hasSuffix(".sh") }
    #expect(scripts == Set(Self.calls.keys).union(WorkflowTests.calls.keys))
    for script in scripts {
      #expect(FileManager.default.isExecutableFile(atPath: "\(Self.examples)/\(script)"), "\(script)")
    }
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsAreSilentAndClean(script: String) throws {
    try addPhotograph("photo.jpg")
    let outcome = try run(script, try #require(Self.calls[script]))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(try files(scratch).isEmpty)
    #expect(try files(here).filter { !$0.hasPrefix("made") && !$0.hasPrefix("photo-7.") } == ["folder"])
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsTellTheirUsage(script: String) throws {
    for arguments in [[], ["1"]] {
      let outcome = try run(script, arguments)
      #expect(outcome.status == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("usage: \(script) "))
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsNameMissingTools(script: String) throws {
    let outcome = try run(script, try #require(Self.calls[script]), path: "/nonexistent")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "\(script): jpegtopnm is not installed\n")
  }

  /// Every program but one is there, and the one is named.
  @Test(arguments: [
    ("compare-k.sh", "pbmtextps"), ("init-comparison.sh", "jq"), ("rate-distortion.sh", "gnuplot"),
    ("save-as.sh", "ps2pdf"),
  ])
  func scriptsNameTheMissingTool(script: String, tool: String) throws {
    let tools = directory.path("tools")
    let links = """
      mkdir "$1" && IFS=: && for folder in $PATH; do
        ln -sf "$folder"/* "$1" 2>/dev/null; done; rm "$1/$2"
      """
    #expect(try Program.shell(links, arguments: [tools, tool]).status == 0)
    let outcome = try run(script, try #require(Self.calls[script]), path: tools)
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "\(script): \(tool) is not installed\n")
    #expect(try files(here) == ["folder"])
  }

  @Test(arguments: ["-k 'a' $b.jpg", "two  spaces.jpeg"])
  func photographsMayHaveAnyName(name: String) throws {
    try FileManager.default.copyItem(atPath: directory.path("small.jpg"), toPath: "\(here)/\(name)")
    let stem = try #require(name.split(separator: ".").first)
    for (script, good) in Self.calls where good.contains(where: Self.isPhotograph) {
      let outcome = try run(script, good.map { Self.isPhotograph($0) ? name : $0 })
      #expect(outcome.status == 0, "\(script)")
      #expect(outcome.errors.isEmpty, "\(script)")
    }
    let made = ["png", "jpg", "gif", "tiff", "pdf", "ppm"].map { "\(stem)-7.\($0)" }
    #expect(try files(here).isSuperset(of: made))
    #expect(try run("rate-distortion.sh", [name, "-r d"]).status == 0)
    #expect(try files(here).isSuperset(of: ["-r d.svg", "-r d.png"]))
    #expect(try run("init-comparison.sh", [name, "-starts.png"]).status == 0)
    #expect(try files(here).contains("-starts.png"))
  }

  @Test(arguments: calls.keys.sorted())
  func scriptsFailIfAnyPartFails(script: String) throws {
    try Data("no photograph".utf8).write(to: URL(fileURLWithPath: here + "/folder/bad.jpg"))
    let good = try #require(Self.calls[script])
    let wrongs = [
      good.map { Self.isPhotograph($0) ? "missing.jpg" : $0 },
      good.map { Self.isPhotograph($0) ? "folder/bad.jpg" : $0 },
      good.map { Int($0) == nil ? $0 : "0" },
    ]
    for wrong in wrongs where wrong != good {
      let outcome = try run(script, wrong)
      #expect(outcome.status == 1, "\(wrong)")
      #expect(outcome.output.isEmpty, "\(wrong)")
      #expect(!outcome.errors.isEmpty, "\(wrong)")
      #expect(try files(scratch).isEmpty, "\(wrong)")
    }
  }

  @Test func pngsHaveTheColors() throws {
    let png = try run("jpeg-to-png.sh", ["7", Self.photograph]).output
    #expect(png.starts(with: [0x89] + Data("PNG\r\n".utf8)))
    #expect(try colorCount(png) == 7)
    #expect(try inspect(png, "pngtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func jpegsAreJPEGs() throws {
    let jpeg = try run("jpeg-to-jpeg.sh", ["7", Self.photograph]).output
    #expect(jpeg.starts(with: [0xFF, 0xD8, 0xFF]))
    #expect(try inspect(jpeg, "jpegtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func pdfsHaveTheColors() throws {
    let pdf = try run("to-pdf.sh", ["7", Self.photograph]).output
    #expect(pdf.starts(with: Data("%PDF-".utf8)))
    let page = "gs -q -sDEVICE=ppmraw -r144 -o - -"
    #expect(try inspect(pdf, "\(page) | ppmhist -noheader | wc -l") == "7")
    #expect(try inspect(pdf, "\(page) | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func grayPDFsHaveTheColors() throws {
    let gray = directory.path("gray.jpg")
    let conversion = "jpegtopnm -quiet \"$1\" | ppmtopgm | pnmtojpeg >\"$2\""
    #expect(try Program.shell(conversion, arguments: [Self.photograph, gray]).status == 0)
    let pdf = try run("to-pdf.sh", ["5", gray]).output
    let page = "gs -q -sDEVICE=pgmraw -r144 -o - -"
    #expect(try inspect(pdf, "\(page) | ppmhist -noheader | wc -l") == "5")
  }

  @Test func stripsShowThePalette() throws {
    let strip = try run("palette-strip.sh", ["7", Self.photograph]).output
    #expect(try colorCount(strip) == 7)
    #expect(try inspect(strip, "pngtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 448 64 3 255 RGB")
    let row = "pngtopnm -quiet | pamcut -height 1 | pamscale -nomix -reduce 64"
    let palette = try inspect(strip, "\(row) | pnmtoplainpnm")
    let image = try run("jpeg-to-png.sh", ["7", Self.photograph]).output
    let colors = try inspect(image, "pngtopnm -quiet | ppmhist -noheader -map -sort=rgb | pnmtoplainpnm")
    #expect(Set(palette.split(separator: "\n")) == Set(colors.split(separator: "\n")))
  }

  @Test func comparisonsHaveAPanelForEach() throws {
    let comparison = try run("compare-k.sh", [Self.photograph, "2", "3"]).output
    // Three panels of 300 and two gutters of 12 pixels.
    for (column, colors) in [(312, 2), (624, 3)] {
      let panel = try inspect(
        comparison, "pngtopnm -quiet | pamcut -left \(column) -top 0 -width 300 -height 200 | cksum")
      let image = try run("jpeg-to-png.sh", ["\(colors)", Self.photograph]).output
      #expect(try inspect(image, "pngtopnm -quiet | pamscale -quiet -width=300 | cksum") == panel)
    }
    let width = try inspect(comparison, "pngtopnm -quiet | pamfile -machine").split(separator: " ")[3]
    #expect(width == "924")
  }

  @Test func foldersAreDoneWhole() throws {
    for name in ["a b.jpg", "it's $1.JPG", "-k.jpeg"] { try addPhotograph(name) }
    try Data("other".utf8).write(to: URL(fileURLWithPath: here + "/folder/notes.txt"))
    #expect(try run("quantize-folder.sh", ["5", "folder", "made/here"]).status == 0)
    #expect(try files(here + "/made/here") == ["a b.png", "it's $1.png", "-k.png"])
    for name in try files(here + "/made/here") {
      #expect(try colorCount(Data(contentsOf: URL(fileURLWithPath: "\(here)/made/here/\(name)"))) == 5)
    }
  }

  @Test func foldersNameWhatFailed() throws {
    try addPhotograph("good.jpg")
    try Data("no photograph".utf8).write(to: URL(fileURLWithPath: here + "/folder/b d.jpg"))
    let outcome = try run("quantize-folder.sh", ["5", "folder", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.contains("quantize-folder.sh: failed: folder/b d.jpg"))
    #expect(try files(here + "/made") == ["good.png"])
  }

  @Test func emptyFoldersAreToldApart() throws {
    let outcome = try run("quantize-folder.sh", ["5", "folder", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "quantize-folder.sh: no photographs in folder\n")
    #expect(try files(here + "/made").isEmpty)
  }

  @Test func severalFormatsAreSavedAtOnce() throws {
    #expect(try run("save-as.sh", ["../photo.jpg", "7", "png", "what"]).status == 1)
    #expect(try files(here) == ["folder"])
    try FileManager.default.copyItem(atPath: Self.photograph, toPath: "\(here)/my photo.v2.jpg")
    #expect(try run("save-as.sh", ["my photo.v2.jpg", "7", "png", "gif", "tiff", "pdf", "ppm"]).status == 0)
    let readers = [
      "png": "pngtopnm -quiet", "gif": "giftopnm -quiet", "tiff": "tifftopnm -quiet - 2>/dev/null",
      "ppm": "cat",
      "pdf": "gs -q -sDEVICE=ppmraw -r144 -o - -",
    ]
    #expect(
      try files(here) == Set(readers.keys.map { "my photo.v2-7.\($0)" } + ["folder", "my photo.v2.jpg"]))
    for (format, reader) in readers {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(here)/my photo.v2-7.\(format)"))
      #expect(try inspect(bytes, "\(reader) | ppmhist -noheader | wc -l") == "7", "\(format)")
    }
  }

  @Test func rateAndDistortionAreTabulatedAndDrawn() throws {
    let outcome = try run("rate-distortion.sh", [Self.small, "made"])
    let rows = outcome.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").compactMap { Double($0) } }
    #expect(rows.first?.first == 2 && rows.last?.first == 256 && rows.count > 20)
    #expect(rows.allSatisfy { $0.count == 5 })
    for (row, next) in zip(rows, rows.dropFirst()) {
      #expect(row[0] < next[0] && row[1] < next[1] && row[2] > next[2])
    }
    let png = try run("jpeg-to-png.sh", ["16", Self.small]).output
    #expect(rows.first { $0[0] == 16 }?[3] == Double(png.count))
    let svg = try String(contentsOfFile: "\(here)/made.svg", encoding: .utf8)
    #expect(svg.contains("<svg") && svg.contains("PSNR, dB") && svg.contains("size as PNG"))
    let plot = try Data(contentsOf: URL(fileURLWithPath: "\(here)/made.png"))
    #expect(try inspect(plot, "pngtopnm -quiet | pamfile -machine").contains(" 800 500 "))
  }

  @Test func startsAreCompared() throws {
    let outcome = try run("init-comparison.sh", [Self.small, "made.png"])
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
    let picture = try Data(contentsOf: URL(fileURLWithPath: "\(here)/made.png"))
    #expect(try inspect(picture, "pngtopnm -quiet | pamfile -machine").contains(" 1224 "))
  }

  @Test func formatsAreChecked() throws {
    let outcome = try run("save-as.sh", [Self.photograph, "7", "png", "bmp"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "save-as.sh: 'bmp' is none of png, jpg, gif, tiff, pdf and ppm\n")
    #expect(try files(here) == ["folder"])
  }

  @Test func formatsHaveTheColors() throws {
    #expect(try run("save-as.sh", [Self.photograph, "7", "png", "gif", "tiff", "pdf", "ppm"]).status == 0)
    let decoders = [
      "png": "pngtopnm -quiet", "gif": "giftopnm -quiet", "tiff": "tifftopnm -quiet",
      "pdf": "gs -q -sDEVICE=ppmraw -r144 -o - -", "ppm": "cat",
    ]
    let picture = try inspect(Data(contentsOf: URL(fileURLWithPath: "\(here)/photo-7.ppm")), "cksum")
    for (format, decoder) in decoders {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(here)/photo-7.\(format)"))
      // Ghostscript writes a comment.
      #expect(try inspect(data, "\(decoder) | pnmtopnm | cksum") == picture, "\(format)")
    }
  }

  @Test func fewColorsAreNoFailure() throws {
    let few = here + "/few.jpg"
    let made = "pbmmake -gray 64 32 | pnmtojpeg -grayscale >\"$1\""
    #expect(try Program.shell(made, arguments: [few]).status == 0)
    for (script, arguments) in [("compare-k.sh", ["1", "300"]), ("init-comparison.sh", ["few.png"])] {
      let outcome = try run(script, ["few.jpg"] + arguments)
      #expect(outcome.status == 0, "\(script)")
      #expect(outcome.errors.isEmpty, "\(script)")
      if script == "init-comparison.sh" { #expect(outcome.text.split(separator: "\n").count == 22) }
    }
  }

  @Test func nothingToDrawIsToldInOneLine() throws {
    let made = "pgmmake 0.5 8 8 | pnmtojpeg >\"$1\""
    #expect(try Program.shell(made, arguments: [here + "/plain.jpg"]).status == 0)
    let outcome = try run("rate-distortion.sh", ["plain.jpg", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "rate-distortion.sh: plain.jpg has no more than 2 colors\n")
    #expect(try files(here) == ["folder", "plain.jpg"])
  }
}
