import Foundation
import Testing

/// The files that options have written: replaced whole or not at all, and no two of them one.
@Suite struct OutputFileTests {
  private let directory: FaultDirectory

  init() throws {
    directory = try FaultDirectory()
  }

  @Test func failuresKeepTheOldPalette() throws {
    for options in ["-k 2 cut", "-k 2 missing", "-k 0 small", "-k 2 /", "-foo small"] {
      let outcome = try directory.shell("exec pamkmeans -mapout palette \(options)")
      #expect(outcome.status == 1, "\(options)")
      #expect(outcome.errorLines.count == 1, "\(options)")
      try directory.expectUntouched("\(options)")
    }
    let new = try directory.shell("exec pamkmeans -mapout new -k 2 cut")
    #expect(new.status == 1)
    try directory.expectUntouched()
  }

  /// Whichever were written last would have taken the place of the other.
  @Test(arguments: ["palette", "./palette", "../$(basename \"$PWD\")/palette", "link"])
  func paletteAndReportAreTwoFiles(path: String) throws {
    let outcome = try directory.shell(
      "ln -s palette link; pamkmeans -k 2 -mapout palette -report \"\(path)\" small; s=$?; rm link; exit $s")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: -mapout and -report cannot both be 'palette'\n")
    #expect(outcome.output.isEmpty)
    try directory.expectUntouched()
    #expect(
      try directory.shell("pamkmeans -k 2 -mapout /dev/null -report /dev/null small >/dev/null").status == 0)
  }

  /// What is written behind what is read would be read in its turn, and a file that takes another's place is all there is.
  @Test func standardOutputIsAFileOfItsOwn() throws {
    for script in [
      "pamkmeans -k 2 small >>small", "pamkmeans -k 2 <small >>small",
      "pamkmeans -k 2 -mapout - small 1<>small",
    ] {
      let outcome = try directory.shell("ulimit -f 1000; \(script)")
      #expect(outcome.status == 1, "\(script)")
      #expect(outcome.errors == "pamkmeans: standard output is the file that is read\n", "\(script)")
      try directory.expectUntouched("\(script)")
    }
    for (option, path) in [("-mapout", "palette"), ("-mapout", "./palette"), ("-report", "palette")] {
      let outcome = try directory.shell("exec pamkmeans -k 2 \(option) \(path) small >>palette")
      #expect(outcome.status == 1)
      #expect(outcome.errors == "pamkmeans: \(option): '\(path)' is where standard output goes\n")
      try directory.expectUntouched("\(path)")
    }
    #expect(
      try directory.shell("cp small all; pamkmeans -k 2 small >>all; s=$?; rm all; exit $s").status == 0)
  }

  /// Paths are bytes: invalid UTF-8, a part of a character, and scalars that stand for bytes inside the program.
  @Test(arguments: ["a\\377b", "\\303", "gr\\374n", "\\364\\217\\276\\200", "e\\314\\201", "grün"])
  func namesNeedNotBeUTF8(name: String) throws {
    let script = """
      n=$(printf '\(name)') && mkdir "$n" && cp small "$n/$n" && pamkmeans -k 2 small >wanted &&
        pamkmeans -k 2 -mapout "$n/$n.map" -report "$n/$n.json" "$n/$n" | cmp - wanted &&
        pamkmeans -mapfile "$n/$n.map" small | cmp - wanted && test -s "$n/$n.json" &&
        ln -s "$n.map" "$n/link" && pamkmeans -k 3 -mapout "$n/link" small >/dev/null && test -L "$n/link" &&
        test "$(find "$n" -type f | wc -l)" -eq 3
      s=$?; rm -r "$n" wanted; exit $s
      """
    let outcome = try directory.shell(script)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let missing = try directory.shell("exec pamkmeans -k 2 \"$(printf '\(name)x')\"")
    #expect(missing.status == 1 && missing.errorLines.count == 1)
    #expect(missing.errors.hasSuffix(": No such file or directory\n"))
    try directory.expectUntouched()
  }

  @Test func namesInMessagesShowTheirBytes() throws {
    let outcome = try directory.shell(
      "exec pamkmeans -k 2 \"$(printf 'a\\377\\303\\274\\364\\217\\277\\277')\"")
    #expect(
      outcome.errors == "pamkmeans: cannot open 'a\\xffü\\xf4\\x8f\\xbf\\xbf': No such file or directory\n")
    let order = try directory.shell("exec pamkmeans -k 2 small -sort=\"$(printf '\\377')\"")
    #expect(order.errors.hasPrefix("pamkmeans: -sort: '\\xff' is not one of "))
  }

  @Test(arguments: ["600", "640", "664", "755"])
  func palettesKeepTheirMode(mode: String) throws {
    let outcome = try directory.shell(
      "chmod \(mode) palette; umask 077; pamkmeans -k 2 -mapout palette small >/dev/null")
    let bits = try #require(Int(mode, radix: 8))
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.scratch.path("palette"))
    #expect(attributes[.posixPermissions] as? Int == bits)
    #expect(outcome.status == 0)
    #expect(try directory.content("palette").starts(with: Data("P6\n2 1\n".utf8)))
  }

  @Test func newPalettesHaveTheUsualMode() throws {
    let outcome = try directory.shell("umask 027; pamkmeans -k 2 -mapout new small >/dev/null")
    #expect(outcome.status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.scratch.path("new"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func linksStayLinks() throws {
    let script = """
      mkdir d; mv palette d/target; ln -s d/target palette; ln -s "$PWD/d/none" dangling
      pamkmeans -k 2 -mapout palette small >/dev/null && pamkmeans -k 2 -mapout dangling small >/dev/null
      [ -L palette ] && [ -L dangling ] && cat d/target && cmp d/target d/none && ls -A d
      """
    let outcome = try directory.shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(
      try outcome.output == directory.shell("pamkmeans -k 2 -mapout - small").output
        + Data("none\ntarget\n".utf8))
  }

  @Test(arguments: [
    "mkfifo fifo; cat fifo >new & pamkmeans -k 2 -mapout fifo small >/dev/null; wait; rm fifo",
    "pamkmeans -k 2 -mapout /dev/fd/7 small 7>new >/dev/null",
    "pamkmeans -k 2 -mapout /dev/stdout small 3>&1 >image; cat image >new; rm image",
    "pamkmeans -k 2 -mapout /dev/stderr small 2>new >/dev/null",
    """
    bash -c 'pamkmeans -k 2 -mapout >(cat >new; echo >done) small >/dev/null'
    until [ -f done ]; do sleep 0.01; done; rm done
    """,
    "{ pamkmeans -k 2 -mapout /dev/fd/7 small 7>&1 >/dev/null; } | cat >new",
  ])
  func pipesAndDescriptorsAreWrittenStraight(script: String) throws {
    let outcome = try directory.shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let image =
      script.contains("/dev/stdout") ? try directory.shell("exec pamkmeans -k 2 small").output : Data()
    #expect(
      try directory.content("new") == image
        + (try directory.shell("exec pamkmeans -k 2 -mapout - small")).output)
    try directory.expectUntouched(added: ["new"])
  }
}
