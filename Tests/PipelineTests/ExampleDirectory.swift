import Foundation
import Testing

/// Where the scripts in `examples/` are run on their photograph: a directory with a space in its name.
struct ExampleDirectory {
  static let examples = Papers.path("examples")
  static let photograph = Papers.path("examples/photo.jpg")

  /// The photograph at a quarter of its width and height, for scripts that cluster many times; `init` makes it.
  static let small = "../small.jpg"

  /// All scripts, with arguments that start them on the photograph; `folder` holds photographs, and `made` can be made.
  static let calls: [String: [String]] = [
    "compare-k.sh": [photograph, "2"],
    "init-comparison.sh": [small, "made.png"],
    "jpeg-to-jpeg.sh": ["7", photograph],
    "jpeg-to-png.sh": ["7", photograph],
    "palette-strip.sh": ["7", photograph],
    "quantize-folder.sh": ["7", "folder", "made"],
    "rate-distortion.sh": [small, "made"],
    "recolor.sh": [photograph, "\(examples)/palette.gpl", "made.png"],
    "save-as.sh": [photograph, "7", "png", "jpg", "gif", "tiff", "pdf", "ppm"],
    "to-pdf.sh": ["7", photograph],
  ]

  /// A working directory for a script, and a directory for its temporary files.
  let directory: TemporaryDirectory
  let here: String
  let scratch: String

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
  static func isPhotograph(_ argument: String) -> Bool { [photograph, small].contains(argument) }

  /// Runs a script from the working directory.
  func run(_ script: String, _ arguments: [String], path: String? = nil) throws -> Program.Outcome {
    try Program.shell(
      "cd \"$1\" && \(path.map { "PATH='\($0)'; " } ?? "")shift && exec /bin/sh \"$@\"",
      arguments: [here, "\(Self.examples)/\(script)"] + arguments, environment: ["TMPDIR": scratch])
  }

  /// What a pipeline of Netpbm's programs prints of a file.
  func inspect(_ bytes: Data, _ pipeline: String) throws -> String {
    let outcome = try Program.shell(pipeline, input: .bytes(bytes))
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func colorCount(_ png: Data) throws -> Int? {
    Int(try inspect(png, "pngtopnm -quiet | ppmhist -noheader | wc -l"))
  }

  func files(_ path: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: path))
  }

  func addPhotograph(_ name: String) throws {
    try FileManager.default.copyItem(atPath: Self.photograph, toPath: "\(here)/folder/\(name)")
  }
}
