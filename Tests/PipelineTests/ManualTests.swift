import Clustering
import Foundation
import Testing

/// The manual page, README.md and `-help` say the same of the options, and the commands they show work.
@Suite struct ManualTests {
  @Test func papersNameTheSameOptions() throws {
    let help = try Papers.help().map(\.heading)
    #expect(help.count > 1)
    #expect(try Papers.page().map(\.heading) == help)
    #expect(try Papers.readme().map(\.heading) == help)
  }

  @Test func helpAndManualHaveTheSameGroups() throws {
    let headings = try Program.run(["-help=all"]).text.split(separator: "\n").filter {
      $0.hasSuffix(":") && !$0.hasPrefix(" ")
    }
    let groups = headings.map { $0.dropLast().lowercased() }.filter { $0 != "arguments" }
    #expect(groups.count > 3)
    let titles = try Papers.section("OPTIONS").matches(of: /\n\.SS (.+)/).map { $0.1.lowercased() }
    #expect(titles.dropLast() == groups[...])
    #expect(titles.last == "which options go together")
  }

  /// Each line of the synopsis works with a value for what it names.
  @Test func synopsisNamesOptionsThatThereAre() throws {
    let synopsis = Papers.plain(try Papers.section("SYNOPSIS"))
    let named = Set(synopsis.matches(of: /-[a-z]+/).map { String($0.0) })
    #expect(named.count > 3)
    #expect(try named.isSubset(of: Papers.page().flatMap(\.names)))
  }

  @Test func papersGiveTheSameDefaults() throws {
    let page = try Papers.page()
    let readme = try Papers.readme()
    #expect(readme.map(\.defaultValue) == page.map(\.defaultValue))
    for (help, page) in zip(try Papers.help(), page) {
      // That of -init may be left to the manual: it takes more than a word.
      guard help.names != ["-init"] || help.defaultValue != nil else { continue }
      #expect(help.defaultValue == page.defaultValue, "\(help.heading)")
    }
  }

  @Test func papersListTheSameMethods() throws {
    let methods = Set(StartMethod.allCases.map(\.rawValue) + ["in_pixels"])
    for paper in [try Papers.help(), try Papers.page(), try Papers.readme()] {
      let start = try #require(paper.first { $0.names == ["-init"] })
      #expect(start.methods == methods)
    }
  }

  @Test func defaultsAreThoseOfTheProgram() throws {
    let page = try Papers.page()
    /// The options with these names, written out with the defaults of the manual page.
    func defaults(_ names: [String]) throws -> [String] {
      try names.flatMap { name in
        [name, try #require(page.first { $0.names == [name] }?.defaultValue)]
      }
    }
    let photograph = try Program.shell(
      "jpegtopnm -quiet \"$1\"", arguments: [Papers.path("examples/photo.jpg")])
    /// What comes out of the photograph.
    func output(_ arguments: [String]) throws -> Data {
      let outcome = try Program.run(arguments, input: .bytes(photograph.output))
      #expect(outcome.status == 0 && !outcome.output.isEmpty, "\(outcome.errors)")
      return outcome.output
    }
    let plain = ["-k", "16", "-mapout", "-"]
    #expect(try output(plain) == output(plain + defaults(["-effort"])))
    let drawn = plain + ["-init", "pixels"]
    #expect(try output(drawn) == output(drawn + defaults(["-seed", "-runs", "-tolerance"])))
    #expect(try output(drawn) != output(drawn + ["-seed", "2"]))
  }

  @Test func pageIsOfThisVersion() throws {
    let version = try Program.run(["-version"]).text.trimmingCharacters(in: .newlines)
    let title = try Papers.text("man/pamkmeans.1").firstMatch(of: /\.TH PAMKMEANS 1 [-0-9]+ "([^"]*)"/)
    #expect(try #require(title).1 == version)
  }

  @Test func linksOfReadmeLeadSomewhere() throws {
    let links = try Papers.text("README.md").matches(of: /\]\(([^):#]+)\)/).map { String($0.1) }
    #expect(!links.isEmpty)
    for link in links {
      #expect(FileManager.default.fileExists(atPath: Papers.path(link)), "\(link)")
    }
  }

  @Test func allExamplesOfThePapersAreFound() throws {
    #expect(try Papers.oneLiners().filter { !$0.needsScreen }.count >= 15)
    #expect(try Papers.oneLiners().filter(\.needsScreen).count == 1)
    #expect(try !Papers.pageExamples().isEmpty)
  }

  @Test(arguments: try Papers.oneLiners() + Papers.pageExamples())
  func exampleWorks(_ example: Papers.Example) throws {
    guard !example.needsScreen else { return }
    let directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      atPath: Papers.path("examples/photo.jpg"), toPath: directory.path("photo.jpg"))
    // What runs in `>(...)` may outlive the command: the last one to close the error stream ends it all.
    let outcome = try Program.shell(
      """
      cd "$1" || exit
      exec bash -o pipefail -c 'bash -e -o pipefail -c "$1" 2>&1 >.output | cat >&2' bash "$2"
      """,
      arguments: [directory.url.path, example.script])
    #expect(outcome.status == 0, "\(outcome.errors)")

    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: directory.path(name)))
    }
    // What follows a percent sign is a pattern for names.
    for match in example.script.matches(of: /%?[a-z][-a-z0-9]*\.(?:gif|jpg|jsonl|pdf|png|ppm)/)
    where !match.0.hasPrefix("%") {
      #expect(names.contains(String(match.0)))
    }
    for name in names where name != ".output" {
      #expect(try !bytes(name).isEmpty, "\(name) is empty")
    }
    // A picture, a text or a message: each shows something.
    let messages = outcome.errorLines.filter { !$0.hasPrefix("jpegtopnm: ") }
    #expect(try names.count > 2 || !bytes(".output").isEmpty || !messages.isEmpty)
  }
}
