import Foundation
import Testing
import pamkmeans

/// The program's texts and failures where no image is needed.
@Suite struct CommandLineTests {
  /// The short help is one screen, its options are some that there are, with values where these take some.
  @Test(arguments: ["-help", "--help", "-h", "-k 0 -help", "-foo --help"])
  func helpIsOneScreen(line: String) throws {
    let outcome = try Program.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let lines = outcome.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 24 && lines.allSatisfy { $0.count < 80 })
    let options = outcome.text.matches(of: /\n  -([a-z]+)( [A-Z]+)?/)
    #expect(options.count > 5)
    for option in options {
      let name = OptionName.allCases.first { $0.spellings.contains(String(option.1)) }
      #expect(name.map { $0.takesValue == (option.2 != nil) } == true, "\(option.0)")
    }
  }

  @Test(arguments: ["-help=all", "--help=all", "-k 0 -help=all"])
  func fullHelpListsEveryOption(line: String) throws {
    let outcome = try Program.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let lines = outcome.text.split(separator: "\n").filter { $0.hasPrefix("  -") }
    let listed = lines.map { line in
      let words = line.split(separator: " ").prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }
      return words.map { $0.filter { $0 != "," } }
    }
    // The declaration and the table that abbreviations are looked up in agree.
    let expected = OptionName.allCases.map { name in
      name.spellings.map { "-\($0)" } + (name.takesValue ? ["<"] : [])
    }
    #expect(listed.map { $0.map { $0.hasPrefix("<") ? "<" : $0 } } == expected)
  }

  @Test func versionIsOneLine() throws {
    for arguments in [["-version"], ["--version"], ["-k", "7", "-versi"]] {
      let outcome = try Program.run(arguments)
      #expect(outcome.status == 0)
      #expect(outcome.text.wholeMatch(of: /pamkmeans \d+\.\d+\.\d+\n/) != nil)
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test(arguments: ["-help", "-version", "--generate-completion-script=bash"])
  func textsReportWriteFaults(argument: String) throws {
    if FileManager.default.fileExists(atPath: "/dev/full") {
      let full = try Program.shell("exec pamkmeans \"$1\" >/dev/full", arguments: [argument])
      #expect(full.status == 1)
      #expect(full.errors == "pamkmeans: cannot write standard output: No space left on device\n")
    }
    let closed = try Program.run([argument], closed: [1])
    #expect(closed.status == 1)
    #expect(closed.errors == "pamkmeans: standard output is closed\n")
    let silent = try Program.run([argument], closed: [0, 1, 2])
    #expect(silent.status == 1)
  }

  /// Each mistake is one line, and is found before standard input is looked at.
  @Test(
    arguments: [
      ([], "pamkmeans: -k is missing: say how many colors are wanted"),
      (["-k", "3.5"], "pamkmeans: -k: '3.5' is not a whole number of 1 or more"),
      (["-k", "-1"], "pamkmeans: -k: '-1' is not a whole number of 1 or more"),
      (
        ["-k", "99999999999999999999"],
        "pamkmeans: -k: '99999999999999999999' is too large; the limit is 9223372036854775807"
      ),
      (["-k", "a\nb\u{1B}"], "pamkmeans: -k: 'a\\x0ab\\x1b' is not a whole number of 1 or more"),
      (["-k", "3,,5"], "pamkmeans: -k: '3,,5' is not a list of whole numbers of 1 or more"),
      (["-k", "3,5", "-psnr", "35"], "pamkmeans: -psnr and a list of -k exclude each other"),
      (["-k", "3", "-report", "-"], "pamkmeans: -report: '-' is not a file: standard output is for images"),
      (
        ["-k", "3", "-report", "/nowhere/r"],
        "pamkmeans: cannot create '/nowhere/r': No such file or directory"
      ),
      (["-k"], "pamkmeans: -k: a value is missing"),
      (["-ma", "5"], "pamkmeans: -ma is ambiguous: -maxiter, -mapfile, -mapout, -mapformat"),
      (["--foo"], "pamkmeans: unknown option '--foo'; -help=all lists the options"),
      (["-plain=yes"], "pamkmeans: -plain: takes no value, but 'yes' was given"),
      (["-k7", "a", "b"], "pamkmeans: one file at the most, not 2: 'a' 'b'"),
      (
        ["-k7", "-init", "x"],
        "pamkmeans: -init: 'x' is not one of random, pixels, kmeans++, wu, maximin, in_pixels"
      ),
    ] as [([String], String)])
  func mistakesAreOneLine(arguments: [String], message: String) throws {
    let outcome = try Program.shell(
      "pamkmeans \"$@\"; status=$?; cat; exit $status", arguments: arguments, input: .bytes(Data("rest".utf8))
    )
    #expect(outcome.status == 1)
    #expect(outcome.text == "rest")
    #expect(outcome.errors == message + "\n")
  }

  @Test func silentWhereNobodyListens() throws {
    let outcome = try Program.run(["-k"], closed: [2])
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
  }

  @Test func unknownShellIsOneLine() throws {
    let outcome = try Program.run(["--generate-completion-script", "csh"])
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("pamkmeans: Can't generate completion scripts for 'csh'. Please use "))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionOffersNetpbmSpellings(shell: String) throws {
    let script = try Program.run(["--generate-completion-script", shell])
    #expect(script.status == 0)
    #expect(script.text.hasSuffix("\n"))
    #expect(script.text.contains("in_pixels"))
    #expect(!script.text.contains("--maxiter"))
    #expect(script.text.contains(shell == "fish" ? "-o 'maxiter'" : "-maxiter"))
  }
}
