import Foundation
import Testing

/// `install.sh`, run with stand-ins for the compiler and apt-get: what it finds missing, what it puts where.
@Suite struct InstallTests {
  private let directory: TemporaryDirectory
  /// A directory of stand-ins.
  private let commands: String
  /// Where the files go.
  private let root: String

  init() throws {
    directory = try TemporaryDirectory()
    commands = directory.path("commands")
    root = directory.path("installed here")
    try FileManager.default.createDirectory(atPath: commands, withIntermediateDirectories: true)
    try add(
      "swift",
      """
      case " $* " in
        *' --version '*) echo 'Swift version 6.1.2 (swift-6.1.2-RELEASE)' ;;
        *' --show-bin-path '*) echo '\(Program.directory.path)' ;;
      esac
      """)
  }

  /// Adds a stand-in, a script of the shell; `$log` is a file for it to write to.
  private func add(_ name: String, _ script: String) throws {
    let text = "#!/bin/sh\nlog='\(directory.path("log"))'\n\(script)\n"
    // A shell writes the file: the processes of other tests would inherit it from here, still open for writing, and the
    // system runs no such file.
    let writing = "printf %s \"$2\" >\"$1\" && chmod +x \"$1\""
    let outcome = try Program.shell(writing, arguments: ["\(commands)/\(name)", text])
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// Adds the real commands that the script takes before it builds.
  private func addRealCommands() throws {
    for command in ["dirname", "git", "grep", "head", "pkg-config", "sed", "uname"] {
      let path = try Program.shell("command -v \(command)").text.trimmingCharacters(in: .newlines)
      try #require(!path.isEmpty, "\(command) is not installed")
      try FileManager.default.createSymbolicLink(atPath: "\(commands)/\(command)", withDestinationPath: path)
    }
  }

  /// Runs the script from another directory.
  ///
  /// - Parameters:
  ///   - arguments: Its arguments.
  ///   - alone: Whether the stand-ins are all the commands there are.
  /// - Returns: Its output and how it ended.
  /// - Throws: If it could not be started, or did not end in time.
  private func install(_ arguments: [String], alone: Bool = false) throws -> Program.Outcome {
    try Program.shell(
      "cd / && PATH=\"$1\(alone ? "" : ":$PATH")\" && shift && exec \"$@\"",
      arguments: [commands, Papers.path("install.sh")] + arguments,
      environment: ["DESTDIR": root, "TMPDIR": directory.url.path])
  }

  private func log() throws -> String {
    try String(contentsOfFile: directory.path("log"), encoding: .utf8)
  }

  private var installed: [String] {
    (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
      .filter { FileManager.default.contents(atPath: "\(root)/\($0)") != nil }.sorted()
  }

  @Test func installsAndRemovesAllFiles() throws {
    // Twice, as the second time all files are there already.
    for _ in 1...2 {
      let outcome = try install(["--prefix", "/opt/my programs"])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let prefix = "opt/my programs"
    #expect(
      installed == [
        "\(prefix)/bin/pamkmeans",
        "\(prefix)/share/bash-completion/completions/pamkmeans",
        "\(prefix)/share/fish/vendor_completions.d/pamkmeans.fish",
        "\(prefix)/share/man/man1/pamkmeans.1",
        "\(prefix)/share/zsh/site-functions/_pamkmeans",
      ])
    for file in installed {
      #expect(FileManager.default.contents(atPath: "\(root)/\(file)")?.isEmpty == false, "\(file)")
    }
    let program = try Program.shell("\"$1\" -version", arguments: ["\(root)/\(prefix)/bin/pamkmeans"])
    #expect(program.text.hasPrefix("pamkmeans "))

    #expect(try install(["--uninstall", "--prefix=/opt/my programs"]).status == 0)
    #expect(installed.isEmpty)
    #expect(try install(["--uninstall", "--prefix=/opt/my programs"]).status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(left.sorted() == ["commands", "installed here"])
  }

  @Test(arguments: [
    (nil, "swift is not in PATH."),
    ("echo 'Swift version 5.10.1 (swift-5.10.1-RELEASE)'", "is Swift 5.10.1."),
    ("echo 'python-swiftclient 4.1.0'", "is not the Swift compiler."),
  ])
  func asksForSwift(script: String?, message: String) throws {
    try FileManager.default.removeItem(atPath: "\(commands)/swift")
    try addRealCommands()
    if let script { try add("swift", script) }
    let outcome = try install([], alone: true)
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(message))
    #expect(outcome.errors.contains("pamkmeans needs Swift 6.0 or later"))
  }

  @Test func getsSwiftWhereAptHasIt() throws {
    try FileManager.default.moveItem(atPath: "\(commands)/swift", toPath: "\(commands)/swift-to-come")
    try addRealCommands()
    try add("id", "echo 0")
    try add("env", "while case $1 in *=*) ;; *) false ;; esac; do shift; done; exec \"$@\"")
    // Lists that are absent at first, as in an image of a container.
    try add("apt-cache", "[ -e \"$log\" ]")
    try add(
      "apt-get",
      """
      echo "$*" >>"$log"
      case " $* " in *' swiftlang '*) ln -s swift-to-come '\(commands)/swift' ;; esac
      """)
    for command in ["cp", "mkdir", "mktemp", "rm", "install", "ln"] {
      let path = try Program.shell("command -v \(command)").text.trimmingCharacters(in: .newlines)
      try FileManager.default.createSymbolicLink(atPath: "\(commands)/\(command)", withDestinationPath: path)
    }
    let outcome = try install([], alone: true)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.hasPrefix("install.sh: missing: swiftlang"))
    let calls = try log().split(separator: "\n")
    #expect(calls.count == 2 && calls[0].hasSuffix(" update"))
    #expect(calls[1].contains(" install -y --no-install-recommends swiftlang"))
    #expect(installed.contains("usr/local/bin/pamkmeans"))
  }

  @Test(arguments: [true, false])
  func getsWhatIsMissing(listed: Bool) throws {
    try addRealCommands()
    try add("id", "echo 0")
    try add("env", "while case $1 in *=*) ;; *) false ;; esac; do shift; done; exec \"$@\"")
    try add("apt-cache", "exit \(listed ? 0 : 100)")
    try add(
      "apt-get",
      """
      echo "$*" >>"$log"
      [ "$1" = -o ] && shift 2
      [ "$1" != install ] || exit 1
      """)
    let outcome = try install(["--with-tests"], alone: true)
    #expect(outcome.status == 1)
    let packages = "netpbm ghostscript jq gnuplot-nox gifsicle mandoc shellcheck"
    #expect(outcome.text == "install.sh: missing: \(packages)\n")
    #expect(outcome.errors.contains("apt-get could not install: \(packages)"))
    let install = "install -y --no-install-recommends \(packages)"
    let calls = (listed ? [install] : []) + ["update", install]
    #expect(try log() == calls.map { "-o DPkg::Lock::Timeout=300 \($0)\n" }.joined())
    #expect(installed.isEmpty)
  }

  @Test(arguments: [
    ("apt-get", "run this as root, then SCRIPT again: apt-get install netpbm"),
    ("brew", "run this, then SCRIPT again: brew install netpbm"),
    ("other", "install these, then run SCRIPT again (Debian's names of the packages): netpbm"),
  ])
  func saysWhatToRun(manager: String, message: String) throws {
    try addRealCommands()
    try add("id", "echo 1000")
    try add(manager, "echo /nonexistent")
    let outcome = try install(["--with-demo"], alone: true)
    let script = Papers.path("install.sh")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "install.sh: \(message.replacingOccurrences(of: "SCRIPT", with: script))\n")
    #expect(installed.isEmpty)
  }

  @Test func tellsItsUsage() throws {
    let help = try install(["--help"])
    #expect(help.status == 0)
    #expect(help.text.hasPrefix("usage: ./install.sh "))
    for wrong in [["--with-dmeo"], ["--prefix"], ["/usr"]] {
      let outcome = try install(wrong)
      #expect(outcome.status == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.contains("install.sh: "))
    }
    #expect(installed.isEmpty)
  }
}
