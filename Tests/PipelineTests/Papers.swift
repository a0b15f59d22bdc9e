import Foundation
import Testing

/// What the papers around the program say: its manual page, README.md and `-help`.
enum Papers {
  /// An option as a paper describes it.
  struct Option {
    /// With their dash: `-k`, `-colors`.
    var names: [String] = []
    /// What stands for the value behind each name: `N`.
    var placeholders: [String] = []
    /// Nil where none is given.
    var defaultValue: String?
    /// The words for the value, where they are listed.
    var methods: Set<String> = []

    /// Reads `-k N, -colors N`; in the help's way, which gives the value once, `-k, -colors <N>`.
    init(heading: String) {
      for match in heading.matches(of: /(-[a-z]+)(?: <?([A-Z]+)>?)?/) {
        names.append(String(match.1))
        placeholders += match.2.map { [String($0)] } ?? []
      }
    }

    /// The names and the value: `-k, -colors N`.
    var heading: String {
      ([names.joined(separator: ", ")] + Set(placeholders).sorted()).joined(separator: " ")
    }
  }

  /// A command that a paper shows.
  struct Example: CustomTestStringConvertible, Sendable {
    /// For bash.
    var script: String
    /// Whether it opens a window.
    var needsScreen: Bool { script.hasSuffix("# needs a screen") }

    var testDescription: String { script }
  }

  /// The path of a file of the package.
  static func path(_ name: String) -> String {
    // Tests/PipelineTests/Papers.swift
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// What a file of the package holds.
  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }
}

// MARK: - Usage

extension Papers {
  /// The options of `-help=all`: each begins a line that is indented by two, the lines further in belong to it.
  static func help() throws -> [Option] {
    let lines = try Program.run(["-help=all"]).text.split(separator: "\n")
    var entries: [String] = []
    for line in lines.drop(while: { !$0.hasPrefix("  -") }) where line.hasPrefix(" ") {
      if line.hasPrefix("  -") {
        entries.append(String(line))
      } else if let last = entries.indices.last {
        entries[last] += " " + line.drop { $0 == " " }
      }
    }
    return entries.map { entry in
      let description = entry.firstRange(of: /\s+[A-Z][a-z]/)?.lowerBound ?? entry.endIndex
      var option = Option(heading: String(entry[..<description]))
      option.defaultValue = entry.firstMatch(of: /\(default: (.+)\)$/).map { String($0.1) }
      if let list = entry.firstMatch(of: /start: ([^.]+)\./) {
        option.methods = Set(list.1.split(separator: ", ").map(String.init))
      }
      return option
    }
  }
}

// MARK: - Manual page

extension Papers {
  /// The options of the manual page: each entry of OPTIONS begins with `.TP` and bold names; the default stands in
  /// bold behind "The default is", the words for a value alone on a line in bold.
  static func page() throws -> [Option] {
    try section("OPTIONS").components(separatedBy: ".TP\n\\fB\\-").dropFirst().map { entry in
      let lines = entry.split(separator: "\n", maxSplits: 1)
      var option = Option(heading: plain("\\fB\\-\(lines[0])"))
      option.defaultValue = entry.firstMatch(of: /The default is \\fB(.+?)\\fR/).map { plain(String($0.1)) }
      if entry.contains(".RS") {
        option.methods = Set(entry.matches(of: /\n\.B ([a-z+_]+)(?=\n)/).map { String($0.1) })
      }
      return option
    }
  }

  /// The examples of the manual page.
  static func pageExamples() throws -> [Example] {
    try section("EXAMPLES").matches(of: /\.EX\n((?:.*\n)*?)\.EE/).map { Example(script: plain(String($0.1))) }
  }

  /// The source of a section of the manual page.
  static func section(_ title: String) throws -> String {
    let sections = try text("man/pamkmeans.1").components(separatedBy: "\n.SH ")
    return sections.first { $0.hasPrefix("\(title)\n") } ?? ""
  }

  /// Text without roff's fonts and escapes; a space that cannot be broken stays `~`.
  static func plain(_ source: String) -> String {
    source.replacing(/\\f[BIR]/, with: "").replacing("\\-", with: "-").replacing("\\(aq", with: "'")
      .replacing("\\~", with: "~").replacing("\\e", with: "\\")
  }
}

// MARK: - README

extension Papers {
  /// The options of README.md: the rows of the table headed "Option", code in backticks.
  static func readme() throws -> [Option] {
    let lines = try text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.drop { !$0.hasPrefix("| Option |") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
    return rows.map { row in
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      var option = Option(heading: cells[0].replacing("`", with: ""))
      option.defaultValue = cells.count > 2 && !cells[2].isEmpty ? cells[2] : nil
      if cells[1].contains("start:") {
        option.methods = Set(cells[1].matches(of: /`([^`]+)`/).map { String($0.1) })
      }
      return option
    }
  }

  /// The one-liners of README.md: the lines of the code behind the comment that begins so.
  static func oneLiners() throws -> [Example] {
    let lines = try text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
    let code = lines.drop { !$0.hasPrefix("<!-- one-liners") }.drop { $0 != "```sh" }.dropFirst()
    return code.prefix { $0 != "```" }.filter { !$0.hasPrefix("#") }.map { Example(script: String($0)) }
  }
}
