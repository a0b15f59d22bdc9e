import Foundation
import Testing

/// The tests' own way to run programs.
@Suite struct ProgramTests {
  @Test func muchDataPasses() throws {
    let bytes = Data(repeating: UInt8(ascii: "x"), count: 1_000_000)
    let outcome = try Program.shell("tee /dev/stderr", input: .bytes(bytes))
    #expect(outcome.status == 0)
    #expect(outcome.output == bytes)
    #expect(outcome.errors.utf8.count == bytes.count)
  }

  @Test func inputMayStayUnread() throws {
    let outcome = try Program.shell("exit 7", input: .bytes(Data(count: 1_000_000)))
    #expect(outcome.status == 7)
    #expect(outcome.errors.isEmpty)
  }

  @Test func filesAreOpenedAtTheirBeginning() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("it's $1")
    try Data("bytes".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try Program.shell("cat", input: .file(path)).text == "bytes")
    #expect(try Program.shell("cat").text.isEmpty)
  }

  @Test func argumentsAndVariablesArrive() throws {
    let outcome = try Program.shell(
      "printf '%s.' \"$@\" \"$VARIABLE\"", arguments: ["a b", "", "*", "'"], environment: ["VARIABLE": "x=y"])
    #expect(outcome.text == "a b..*.'.x=y.")
  }

  @Test func brokenPipesEndProcesses() throws {
    #expect(try Program.shell("kill -PIPE $$").status == 128 + SIGPIPE)
  }

  @Test func theBuiltProgramIsFirst() throws {
    let outcome = try Program.shell("command -v pamkmeans")
    #expect(outcome.text == Program.directory.appendingPathComponent("pamkmeans").path + "\n")
  }

  @Test func whatHangsIsKilled() {
    #expect(throws: ChildProcess.Failure.self) {
      try ChildProcess.run(["/bin/sh", "-c", "sleep 60 | cat"], environment: [:], timeLimit: 0.1)
    }
  }
}
