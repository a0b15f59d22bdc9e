import Foundation
import PamStream
import Testing

/// Whatever is wrong with the input or with K: one line that names it, exit 1, nothing on standard output, at once
/// and in little memory.
@Suite struct BadInputTests {
  /// What all bad inputs print, in the repository; `RECORD=1` writes it anew.
  private static let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("bad-input.txt")

  private static let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"

  /// A shell that denies what a header might ask for if it were believed: some ten times what the program needs.
  private static let fence = "ulimit -v 400000 2>/dev/null"

  private static let good = NetpbmImage.noise(magic: 6, width: 1, height: 2, maxval: 255)

  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func everyBadInputHasItsMessage() throws {
    var lines: [(name: String, message: String)] = []
    for inputs in BadInput.streams {
      lines += zip(inputs, try streamMessages(inputs)).map { ($0.name, $1) }
    }
    for input in Self.commandLines + (try files()) { lines.append((input.name, try message(input))) }

    #expect(Set(lines.map(\.name)).count == lines.count, "a name is used twice")
    let text = try Self.compose(lines)
    if Self.isRecording {
      try Data(text.utf8).write(to: Self.table)
    }
    let recorded = try String(contentsOf: Self.table, encoding: .utf8)
    let difference = Self.comparable(text, with: recorded)
      .difference(from: Self.comparable(recorded, with: text))
    #expect(difference.isEmpty, "RECORD=1 accepts these messages")
  }

  // MARK: Streams

  /// Runs the program on each of several inputs, and on those that are images also behind a good one.
  ///
  /// - Returns: The messages without the program's name.
  private func streamMessages(_ inputs: [BadInput]) throws -> [String] {
    let alone = try runEach(inputs.map(\.bytes))
    let messages = zip(inputs, alone).map { check($1, of: $0) }
    let images = zip(inputs, messages).filter { $0.0.isImage }
    let behind = try runEach(images.map { Self.good.bytes + $0.0.bytes })
    for ((input, message), outcome) in zip(images, behind) {
      // A bad image changes nothing of the one before it, and the message counts it.
      let name = Comment(rawValue: "behind a good image: \(input.name)")
      #expect(outcome.status == 1, name)
      #expect(outcome.output == Self.good.bytes, name)
      #expect(outcome.errors == "pamkmeans: image 2: \(message)\n", name)
    }
    return messages
  }

  private struct Outcome {
    var status: Int32
    var output: Data
    var errors: String
  }

  /// Runs the program on each of several inputs, all from one shell, which takes half the time.
  private func runEach(_ inputs: [Data]) throws -> [Outcome] {
    for (index, bytes) in inputs.enumerated() {
      try bytes.write(to: URL(fileURLWithPath: directory.path("\(index).in")))
    }
    let script = """
      \(Self.fence); cd "$1" || exit
      index=0
      while [ $index -lt "$2" ]; do
        pamkmeans -k 2 <$index.in >$index.out 2>$index.err
        echo $? >$index.status
        index=$((index + 1))
      done
      """
    let whole = try Program.shell(script, arguments: [directory.url.path, "\(inputs.count)"])
    // Milliseconds each; the rest is for a machine that is busy.
    #expect(whole.seconds < 5 + 0.2 * Double(inputs.count))
    return try inputs.indices.map { index in
      func content(_ suffix: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory.path("\(index).\(suffix)")))
      }
      let status = String(decoding: try content("status"), as: UTF8.self)
      return Outcome(
        status: Int32(status.trimmingCharacters(in: .newlines)) ?? -1, output: try content("out"),
        errors: String(decoding: try content("err"), as: UTF8.self))
    }
  }

  /// Checks all but the wording of a message.
  ///
  /// - Returns: The message without the program's name.
  private func check(_ outcome: Outcome, of input: BadInput) -> String {
    let name = Comment(rawValue: input.name)
    #expect(outcome.status == 1, name)
    #expect(outcome.output == input.output, name)
    #expect(outcome.errors.hasPrefix("pamkmeans: "), name)
    #expect(outcome.errors.hasSuffix("\n"), name)
    #expect(outcome.errors.count { $0 == "\n" } == 1, name)
    let message = outcome.errors.dropFirst("pamkmeans: ".count).trimmingCharacters(in: .newlines)
    #expect(message.lowercased().contains(input.culprit.lowercased()), name)
    return message
  }

  // MARK: Arguments and files

  /// Runs the program on an input that is more than a stream.
  private func message(_ input: BadInput) throws -> String {
    let outcome = try Program.shell(
      "\(Self.fence); cd \"$1\" && shift && exec pamkmeans \"$@\"",
      arguments: [directory.url.path] + input.arguments, input: .bytes(input.bytes))
    #expect(outcome.seconds < 10)
    let bare = Outcome(status: outcome.status, output: outcome.output, errors: outcome.errors)
    return check(bare, of: input)
  }

  /// Bad values of K and too many files, in front of a good image.
  private static var commandLines: [BadInput] {
    let values = ["0", "-1", "3.5", "7x", "0x10", "NaN", "99999999999999999999", "", " 7", "+7", "1e3"]
    var inputs = values.map {
      BadInput(name: "-k '\($0)'", culprit: "-k: '\($0)'", arguments: ["-k", $0])
    }
    inputs.append(BadInput(name: "no -k", culprit: "-k is missing", arguments: []))
    inputs.append(BadInput(name: "-k as the last word", culprit: "-k: a value", arguments: ["-k"]))
    inputs.append(
      BadInput(name: "two files", culprit: "'a.ppm' 'b.ppm'", arguments: ["-k", "2", "a.ppm", "b.ppm"]))
    for index in inputs.indices { inputs[index].bytes = good.bytes }
    return inputs
  }

  /// Makes files that are no images.
  private func files() throws -> [BadInput] {
    try FileManager.default.createDirectory(
      atPath: directory.path("directory"), withIntermediateDirectories: true)
    try Self.good.bytes.prefix(8).write(to: URL(fileURLWithPath: directory.path("cut.ppm")))
    try Data().write(to: URL(fileURLWithPath: directory.path("empty.ppm")))
    return [
      ("a directory", "'directory'", "directory"),
      ("a missing file", "'missing.ppm'", "missing.ppm"),
      ("a file below a file", "'cut.ppm/x'", "cut.ppm/x"),
      ("an empty file name", "''", ""),
      ("an empty file", "'empty.ppm'", "empty.ppm"),
      ("a file that is cut", "cut.ppm: ", "cut.ppm"),
      ("a missing file with a line feed in its name", "'a\\x0ab'", "a\nb"),
    ].map { BadInput(name: $0, culprit: $1, arguments: ["-k", "2", $2]) }
  }

  /// The superuser reads what nobody may, until it gives that up.
  @Test func unreadableFilesAreNamed() throws {
    let path = directory.path("secret.ppm")
    try Self.good.bytes.write(to: URL(fileURLWithPath: path))
    let script = """
      chmod 000 "$1"
      set -- pamkmeans -k 2 "$1"
      if [ "$(id -u)" -eq 0 ]; then set -- setpriv --inh-caps=-all --bounding-set=-all "$@"; fi
      exec "$@"
      """
    let outcome = try Program.shell(script, arguments: [path])
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: cannot open '\(path)': Permission denied\n")
  }

  @Test func unreadableStandardInputIsNamed() throws {
    let outcome = try Program.shell("exec pamkmeans -k 2 </")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: cannot read standard input: Is a directory\n")
  }

  // MARK: The table

  /// Descriptions, and below each its message; neighbours with the same message, such as headers cut here or there,
  /// share it.
  private static func compose(_ lines: [(name: String, message: String)]) throws -> String {
    let version = try Program.shell("pamtopnm -version 2>&1").text.firstMatch(of: /Netpbm Version: (.*)/)?.1
    var text = """
      # What pamkmeans says of bad input, behind its name. Written by BadInputTests with RECORD=1.
      # Some of it in the words of \(version ?? "an unknown Netpbm").

      """
    var message = ""
    for line in lines {
      if message != line.message, !message.isEmpty { text += "    \(message)\n" }
      message = line.message
      text += "\(line.name)\n"
    }
    return text + "    \(message)\n"
  }

  /// The lines of a table that must agree with those of another: where libnetpbm is of another version and may
  /// use other words, only the descriptions.
  private static func comparable(_ table: String, with other: String) -> [Substring] {
    let lines = table.split(separator: "\n")
    if lines.prefix(2) == other.split(separator: "\n").prefix(2) { return lines }
    return lines.dropFirst(2).filter { !$0.hasPrefix("    ") }
  }
}
