import Foundation
import Testing

/// Every script in `examples/`.
@Suite struct ExampleTests {
  private let examples: ExampleDirectory

  init() throws { examples = try ExampleDirectory() }

  @Test func everyScriptIsTested() throws {
    let scripts = try examples.files(ExampleDirectory.examples).filter {
      $0.hasSuffix(".sh") && !$0.contains("/")
    }
    #expect(scripts == Set(ExampleDirectory.calls.keys).union(WorkflowTests.calls.keys))
    for script in scripts {
      #expect(
        FileManager.default.isExecutableFile(atPath: "\(ExampleDirectory.examples)/\(script)"), "\(script)")
    }
  }

  @Test(arguments: ExampleDirectory.calls.keys.sorted())
  func scriptsAreSilentAndClean(script: String) throws {
    try examples.addPhotograph("photo.jpg")
    let outcome = try examples.run(script, try #require(ExampleDirectory.calls[script]))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(try examples.files(examples.scratch).isEmpty)
    #expect(
      try examples.files(examples.here).filter { !$0.hasPrefix("made") && !$0.hasPrefix("photo-7.") } == [
        "folder"
      ])
  }

  @Test(arguments: ExampleDirectory.calls.keys.sorted())
  func scriptsTellTheirUsage(script: String) throws {
    for arguments in [[], ["1"]] {
      let outcome = try examples.run(script, arguments)
      #expect(outcome.status == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("usage: \(script) "))
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test(arguments: ExampleDirectory.calls.keys.sorted())
  func scriptsNameMissingTools(script: String) throws {
    let outcome = try examples.run(script, try #require(ExampleDirectory.calls[script]), path: "/nonexistent")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "\(script): jpegtopnm is not installed\n")
  }

  /// Every program but one is there, and the one is named.
  @Test(arguments: [
    ("compare-k.sh", "pbmtextps"), ("init-comparison.sh", "jq"), ("rate-distortion.sh", "gnuplot"),
    ("save-as.sh", "ps2pdf"),
  ])
  func scriptsNameTheMissingTool(script: String, tool: String) throws {
    let tools = examples.directory.path("tools")
    let links = """
      mkdir "$1" && IFS=: && for folder in $PATH; do
        ln -sf "$folder"/* "$1" 2>/dev/null; done; rm "$1/$2"
      """
    #expect(try Program.shell(links, arguments: [tools, tool]).status == 0)
    let outcome = try examples.run(script, try #require(ExampleDirectory.calls[script]), path: tools)
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "\(script): \(tool) is not installed\n")
    #expect(try examples.files(examples.here) == ["folder"])
  }

  @Test(arguments: ["-k 'a' $b.jpg", "two  spaces.jpeg"])
  func photographsMayHaveAnyName(name: String) throws {
    try FileManager.default.copyItem(
      atPath: examples.directory.path("small.jpg"), toPath: "\(examples.here)/\(name)")
    let stem = try #require(name.split(separator: ".").first)
    for (script, good) in ExampleDirectory.calls where good.contains(where: ExampleDirectory.isPhotograph) {
      let outcome = try examples.run(script, good.map { ExampleDirectory.isPhotograph($0) ? name : $0 })
      #expect(outcome.status == 0, "\(script)")
      #expect(outcome.errors.isEmpty, "\(script)")
    }
    let made = ["png", "jpg", "gif", "tiff", "pdf", "ppm"].map { "\(stem)-7.\($0)" }
    #expect(try examples.files(examples.here).isSuperset(of: made))
    #expect(try examples.run("rate-distortion.sh", [name, "-r d"]).status == 0)
    #expect(try examples.files(examples.here).isSuperset(of: ["-r d.svg", "-r d.png"]))
    #expect(try examples.run("init-comparison.sh", [name, "-starts.png"]).status == 0)
    #expect(try examples.files(examples.here).contains("-starts.png"))
  }

  @Test(arguments: ExampleDirectory.calls.keys.sorted())
  func scriptsFailIfAnyPartFails(script: String) throws {
    try Data("no photograph".utf8).write(to: URL(fileURLWithPath: examples.here + "/folder/bad.jpg"))
    let good = try #require(ExampleDirectory.calls[script])
    let wrongs = [
      good.map { ExampleDirectory.isPhotograph($0) ? "missing.jpg" : $0 },
      good.map { ExampleDirectory.isPhotograph($0) ? "folder/bad.jpg" : $0 },
      good.map { Int($0) == nil ? $0 : "0" },
    ]
    for wrong in wrongs where wrong != good {
      let outcome = try examples.run(script, wrong)
      #expect(outcome.status == 1, "\(wrong)")
      #expect(outcome.output.isEmpty, "\(wrong)")
      #expect(!outcome.errors.isEmpty, "\(wrong)")
      #expect(try examples.files(examples.scratch).isEmpty, "\(wrong)")
    }
  }

  @Test func pngsHaveTheColors() throws {
    let png = try examples.run("jpeg-to-png.sh", ["7", ExampleDirectory.photograph]).output
    #expect(png.starts(with: [0x89] + Data("PNG\r\n".utf8)))
    #expect(try examples.colorCount(png) == 7)
    #expect(
      try examples.inspect(png, "pngtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func jpegsAreJPEGs() throws {
    let jpeg = try examples.run("jpeg-to-jpeg.sh", ["7", ExampleDirectory.photograph]).output
    #expect(jpeg.starts(with: [0xFF, 0xD8, 0xFF]))
    #expect(
      try examples.inspect(jpeg, "jpegtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func pdfsHaveTheColors() throws {
    let pdf = try examples.run("to-pdf.sh", ["7", ExampleDirectory.photograph]).output
    #expect(pdf.starts(with: Data("%PDF-".utf8)))
    let page = "gs -q -sDEVICE=ppmraw -r144 -o - -"
    #expect(try examples.inspect(pdf, "\(page) | ppmhist -noheader | wc -l") == "7")
    #expect(try examples.inspect(pdf, "\(page) | pamfile -machine") == "stdin: PPM RAW 768 512 3 255 RGB")
  }

  @Test func grayPDFsHaveTheColors() throws {
    let gray = examples.directory.path("gray.jpg")
    let conversion = "jpegtopnm -quiet \"$1\" | ppmtopgm | pnmtojpeg >\"$2\""
    #expect(try Program.shell(conversion, arguments: [ExampleDirectory.photograph, gray]).status == 0)
    let pdf = try examples.run("to-pdf.sh", ["5", gray]).output
    let page = "gs -q -sDEVICE=pgmraw -r144 -o - -"
    #expect(try examples.inspect(pdf, "\(page) | ppmhist -noheader | wc -l") == "5")
  }

  @Test func stripsShowThePalette() throws {
    let strip = try examples.run("palette-strip.sh", ["7", ExampleDirectory.photograph]).output
    #expect(try examples.colorCount(strip) == 7)
    #expect(
      try examples.inspect(strip, "pngtopnm -quiet | pamfile -machine") == "stdin: PPM RAW 448 64 3 255 RGB")
    let row = "pngtopnm -quiet | pamcut -height 1 | pamscale -nomix -reduce 64"
    let palette = try examples.inspect(strip, "\(row) | pnmtoplainpnm")
    let image = try examples.run("jpeg-to-png.sh", ["7", ExampleDirectory.photograph]).output
    let colors = try examples.inspect(
      image, "pngtopnm -quiet | ppmhist -noheader -map -sort=rgb | pnmtoplainpnm")
    #expect(Set(palette.split(separator: "\n")) == Set(colors.split(separator: "\n")))
  }

  @Test func foldersAreDoneWhole() throws {
    for name in ["a b.jpg", "it's $1.JPG", "-k.jpeg"] { try examples.addPhotograph(name) }
    try Data("other".utf8).write(to: URL(fileURLWithPath: examples.here + "/folder/notes.txt"))
    #expect(try examples.run("quantize-folder.sh", ["5", "folder", "made/here"]).status == 0)
    #expect(try examples.files(examples.here + "/made/here") == ["a b.png", "it's $1.png", "-k.png"])
    for name in try examples.files(examples.here + "/made/here") {
      #expect(
        try examples.colorCount(Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/made/here/\(name)")))
          == 5)
    }
  }

  @Test func foldersNameWhatFailed() throws {
    try examples.addPhotograph("good.jpg")
    try Data("no photograph".utf8).write(to: URL(fileURLWithPath: examples.here + "/folder/b d.jpg"))
    let outcome = try examples.run("quantize-folder.sh", ["5", "folder", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.contains("quantize-folder.sh: failed: folder/b d.jpg"))
    #expect(try examples.files(examples.here + "/made") == ["good.png"])
  }

  @Test func foldersLoseNoPhotograph() throws {
    for name in ["a.jpg", "b c.JPG", "b c.jpeg"] { try examples.addPhotograph(name) }
    let outcome = try examples.run("quantize-folder.sh", ["5", "folder", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "quantize-folder.sh: two photographs would become b c.png\n")
    #expect(try examples.files(examples.here + "/made").isEmpty)
  }

  @Test func emptyFoldersAreToldApart() throws {
    let outcome = try examples.run("quantize-folder.sh", ["5", "folder", "made"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "quantize-folder.sh: no photographs in folder\n")
    #expect(try examples.files(examples.here + "/made").isEmpty)
  }

  @Test func severalFormatsAreSavedAtOnce() throws {
    #expect(try examples.run("save-as.sh", ["../photo.jpg", "7", "png", "what"]).status == 1)
    #expect(try examples.files(examples.here) == ["folder"])
    try FileManager.default.copyItem(
      atPath: ExampleDirectory.photograph, toPath: "\(examples.here)/my photo.v2.jpg")
    #expect(
      try examples.run("save-as.sh", ["my photo.v2.jpg", "7", "png", "gif", "tiff", "pdf", "ppm"]).status == 0
    )
    let readers = [
      "png": "pngtopnm -quiet", "gif": "giftopnm -quiet", "tiff": "tifftopnm -quiet - 2>/dev/null",
      "ppm": "cat",
      "pdf": "gs -q -sDEVICE=ppmraw -r144 -o - -",
    ]
    #expect(
      try examples.files(examples.here)
        == Set(readers.keys.map { "my photo.v2-7.\($0)" } + ["folder", "my photo.v2.jpg"]))
    for (format, reader) in readers {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/my photo.v2-7.\(format)"))
      #expect(try examples.inspect(bytes, "\(reader) | ppmhist -noheader | wc -l") == "7", "\(format)")
    }
  }

  @Test func formatsAreChecked() throws {
    let outcome = try examples.run("save-as.sh", [ExampleDirectory.photograph, "7", "png", "bmp"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "save-as.sh: 'bmp' is none of png, jpg, gif, tiff, pdf and ppm\n")
    #expect(try examples.files(examples.here) == ["folder"])
  }

  @Test func formatsHaveTheColors() throws {
    #expect(
      try examples.run("save-as.sh", [ExampleDirectory.photograph, "7", "png", "gif", "tiff", "pdf", "ppm"])
        .status == 0)
    let decoders = [
      "png": "pngtopnm -quiet", "gif": "giftopnm -quiet", "tiff": "tifftopnm -quiet",
      "pdf": "gs -q -sDEVICE=ppmraw -r144 -o - -", "ppm": "cat",
    ]
    let picture = try examples.inspect(
      Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/photo-7.ppm")), "cksum")
    for (format, decoder) in decoders {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(examples.here)/photo-7.\(format)"))
      // Ghostscript writes a comment.
      #expect(try examples.inspect(data, "\(decoder) | pnmtopnm | cksum") == picture, "\(format)")
    }
  }
}
