import Foundation
import Testing

/// A directory with images, whole ones and one that is cut, and an old palette, in which nothing may be left behind.
struct FaultDirectory {
  static let small = NetpbmImage.noise(magic: 6, maxval: 255)
  /// More than any pipe or buffer holds.
  static let large = NetpbmImage.noise(magic: 6, width: 400, height: 300, maxval: 255)

  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Self.small.bytes.write(to: URL(fileURLWithPath: scratch.path("small")))
    try Self.large.bytes.write(to: URL(fileURLWithPath: scratch.path("large")))
    try (Self.small.bytes + Self.small.bytes.dropLast()).write(to: URL(fileURLWithPath: scratch.path("cut")))
    try Data("old".utf8).write(to: URL(fileURLWithPath: scratch.path("palette")))
  }

  /// Runs a script in the directory.
  func shell(_ script: String, input: Program.Input = .nothing) throws -> Program.Outcome {
    try Program.shell("cd \"$1\" || exit\n\(script)", arguments: [scratch.url.path], input: input)
  }

  func content(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: scratch.path(name)))
  }

  /// Nothing but `added` has come to the directory, and the palette is as it was.
  func expectUntouched(_ comment: Comment? = nil, added: Set<String> = []) throws {
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path))
    #expect(names.subtracting(added) == ["small", "large", "cut", "palette"], comment)
    #expect(try content("palette") == Data("old".utf8), comment)
  }
}
