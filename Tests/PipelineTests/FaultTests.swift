import Foundation
import Testing

/// Files and pipes that fail, end early or come in pieces.
@Suite struct FaultTests {
  private static let small = NetpbmImage.noise(magic: 6, maxval: 255)
  /// More than any pipe or buffer holds.
  private static let large = NetpbmImage.noise(magic: 6, width: 400, height: 300, maxval: 255)

  /// A directory of temporary files, none of which may be left behind.
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Self.small.bytes.write(to: URL(fileURLWithPath: scratch.path("small")))
    try Self.large.bytes.write(to: URL(fileURLWithPath: scratch.path("large")))
    try (Self.small.bytes + Self.small.bytes.dropLast()).write(to: URL(fileURLWithPath: scratch.path("cut")))
    try Data("old".utf8).write(to: URL(fileURLWithPath: scratch.path("palette")))
  }

  /// Runs a script in the directory.
  private func shell(_ script: String, input: Program.Input = .nothing) throws -> Program.Outcome {
    try Program.shell("cd \"$1\" || exit\n\(script)", arguments: [scratch.url.path], input: input)
  }

  private func content(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: scratch.path(name)))
  }

  /// Nothing but `added` has come to the directory, and the palette is as it was.
  private func expectUntouched(_ comment: Comment? = nil, added: Set<String> = []) throws {
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path))
    #expect(names.subtracting(added) == ["small", "large", "cut", "palette"], comment)
    #expect(try content("palette") == Data("old".utf8), comment)
  }

  // MARK: Outputs that fail

  @Test(
    arguments: ["small", "large"],
    ["-k 2", "-k 1000000", "-k 2 -plain", "-k 2 -mapout -", "-k 2 -mapout palette"])
  func fullDevices(file: String, options: String) throws {
    let outcome = try shell("exec pamkmeans -threads 1 -maxiter 3 \(options) \(file) >/dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: cannot write standard output: No space left on device\n")
    try expectUntouched()
  }

  @Test func fullDeviceForThePalette() throws {
    let outcome = try shell("exec pamkmeans -k 2 -mapout /dev/full small")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: cannot write '/dev/full': No space left on device\n")
  }

  @Test(arguments: ["-k 2", "-k 2 -mapout -", "-k 2 -mapout palette", "-k 2 -verbose -quiet"])
  func closedStandardOutput(options: String) throws {
    let outcome = try shell("exec pamkmeans \(options) small >&-")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: standard output is closed\n")
    try expectUntouched()
  }

  /// A descriptor that was closed does not become that of a file opened later.
  @Test func closedStandardError() throws {
    let good = try shell("exec pamkmeans -k 2 -verbose -mapout new small 2>&-")
    #expect(good.status == 0)
    #expect(good.output == (try shell("exec pamkmeans -k 2 small")).output)
    #expect(try content("new") == (try shell("exec pamkmeans -k 2 -mapout - small")).output)
    let bad = try shell("exec pamkmeans -k 2 -mapout palette cut 2>&-")
    #expect(bad.status == 1)
    try expectUntouched(added: ["new"])
  }

  @Test func closedStandardInput() throws {
    let outcome = try shell("exec pamkmeans -k 2 -mapout palette <&-")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: standard input is closed\n")
    try expectUntouched()
    let file = try shell("exec pamkmeans -k 1000 small <&-")
    #expect(file.status == 0)
    #expect(file.output == Self.small.bytes)
    #expect(try shell("exec pamkmeans -k 1000 small <&- 2>&-").output == Self.small.bytes)
  }

  @Test(arguments: ["mapout", "small/palette", "missing/palette", "/dev/fd/250"])
  func palettesThatCannotBeWritten(path: String) throws {
    let outcome = try shell(
      "mkdir mapout; pamkmeans -k 2 -mapout '\(path)' small; status=$?; rmdir mapout; exit $status")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("pamkmeans: cannot "))
    #expect(outcome.errors.contains("'\(path)': "))
    #expect(outcome.errorLines.count == 1)
    try expectUntouched()
  }

  /// What the next program reads then is the image from its first byte.
  @Test(arguments: ["-report", "-mapout", "-mapfile", "-initfile", "-fixed", "-weightfile"])
  func filesOfOptionsAreOpenedBeforeInputIsRead(option: String) throws {
    let count = option == "-mapfile" ? "" : "-k 2"
    let outcome = try shell(
      "{ pamkmeans \(count) \(option) missing/file; [ $? -eq 1 ] && cat; } <small")
    #expect(outcome.status == 0)
    #expect(outcome.output == Self.small.bytes)
    #expect(outcome.errorLines.count == 1)
    try expectUntouched()
  }

  /// 2000 images pass through one process that may have few descriptors, as they do one by one.
  @Test func manyImagesLeaveNothingOpen() throws {
    let script = """
      for i in 1 2 3 4 5 6 7 8 9 10; do cat small; done >ten
      for i in 1 2 3 4 5 6 7 8 9 10; do cat ten ten; done >more
      for i in 1 2 3 4 5 6 7 8 9 10; do cat more; done >stream
      (ulimit -n 12; exec pamkmeans -k 3 -threads 2 -mapout map -report report stream) && grep -c image report
      rm ten more stream map report
      """
    let outcome = try shell(script)
    let one = try shell("exec pamkmeans -k 3 small").output
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    let whole = (0..<2000).reduce(into: Data()) { bytes, _ in bytes += one }
    #expect(outcome.output == whole + Data("2000\n".utf8))
    try expectUntouched()
  }

  // MARK: Readers that go away and signals

  @Test(arguments: ["", "-plain", "-mapout palette"])
  func readersThatGoAway(options: String) throws {
    // It starts when nobody is left to read.
    let outcome = try shell(
      "mkfifo gone; { sleep 0.1; pamkmeans -k 1000000 \(options) large; echo $? >status; } | :\nwait; rm gone\n"
        + "while ! [ -s status ]; do sleep 0.01; done; cat status; rm status")
    #expect(outcome.text == "141\n")
    #expect(outcome.errors.isEmpty)
    try expectUntouched()
  }

  @Test(arguments: ["TERM", "HUP"])
  func signalsLeaveNothingBehind(signal: String) throws {
    let script = """
      mkfifo in; pamkmeans -k 2 small >whole
      pamkmeans -k 2 -mapout palette <in >out & exec 3>in; cat small >&3
      until ls .*.partial >/dev/null 2>&1 && cmp -s out whole; do sleep 0.01; done
      kill -\(signal) $!; wait $!; status=$?; rm in out whole; exit $status
      """
    let outcome = try shell(script)
    #expect(outcome.status == (signal == "TERM" ? 128 + SIGTERM : 128 + SIGHUP))
    try expectUntouched()
  }

  // MARK: Files for palettes

  @Test func failuresKeepTheOldPalette() throws {
    for options in ["-k 2 cut", "-k 2 missing", "-k 0 small", "-k 2 /", "-foo small"] {
      let outcome = try shell("exec pamkmeans -mapout palette \(options)")
      #expect(outcome.status == 1, "\(options)")
      #expect(outcome.errorLines.count == 1, "\(options)")
      try expectUntouched("\(options)")
    }
    let new = try shell("exec pamkmeans -mapout new -k 2 cut")
    #expect(new.status == 1)
    try expectUntouched()
  }

  /// Whichever were written last would have taken the place of the other.
  @Test(arguments: ["palette", "./palette", "../$(basename \"$PWD\")/palette", "link"])
  func paletteAndReportAreTwoFiles(path: String) throws {
    let outcome = try shell(
      "ln -s palette link; pamkmeans -k 2 -mapout palette -report \"\(path)\" small; s=$?; rm link; exit $s")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: -mapout and -report cannot both be 'palette'\n")
    #expect(outcome.output.isEmpty)
    try expectUntouched()
    #expect(try shell("pamkmeans -k 2 -mapout /dev/null -report /dev/null small >/dev/null").status == 0)
  }

  /// A name would become another, and a file be written that nobody named.
  @Test(arguments: ["-mapout \"$n\" small", "-report \"$n\" small", "\"$n\"", "small -sort=\"$n\""])
  func argumentsAreUTF8(arguments: String) throws {
    let outcome = try shell("n=$(printf 'a\\377b'); exec pamkmeans -k 2 \(arguments)")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("pamkmeans: the argument '"))
    #expect(outcome.errors.hasSuffix("a\\xffb' is not UTF-8\n"))
    try expectUntouched()
    let script = "mv small grün; pamkmeans -k 2 grün >/dev/null; s=$?; mv grün small; exit $s"
    #expect(try shell(script).status == 0)
  }

  @Test(arguments: ["600", "640", "664", "755"])
  func palettesKeepTheirMode(mode: String) throws {
    let outcome = try shell(
      "chmod \(mode) palette; umask 077; pamkmeans -k 2 -mapout palette small >/dev/null")
    let bits = try #require(Int(mode, radix: 8))
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("palette"))
    #expect(attributes[.posixPermissions] as? Int == bits)
    #expect(outcome.status == 0)
    #expect(try content("palette").starts(with: Data("P6\n2 1\n".utf8)))
  }

  @Test func newPalettesHaveTheUsualMode() throws {
    let outcome = try shell("umask 027; pamkmeans -k 2 -mapout new small >/dev/null")
    #expect(outcome.status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("new"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func linksStayLinks() throws {
    let script = """
      mkdir d; mv palette d/target; ln -s d/target palette; ln -s "$PWD/d/none" dangling
      pamkmeans -k 2 -mapout palette small >/dev/null && pamkmeans -k 2 -mapout dangling small >/dev/null
      [ -L palette ] && [ -L dangling ] && cat d/target && cmp d/target d/none && ls -A d
      """
    let outcome = try shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(
      outcome.output == (try shell("pamkmeans -k 2 -mapout - small")).output + Data("none\ntarget\n".utf8))
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
    let outcome = try shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let image = script.contains("/dev/stdout") ? try shell("exec pamkmeans -k 2 small").output : Data()
    #expect(try content("new") == image + (try shell("exec pamkmeans -k 2 -mapout - small")).output)
    try expectUntouched(added: ["new"])
  }

  // MARK: Slow writers and odd beginnings

  @Test(arguments: [1, 2, 3, 5, 6])
  func bytesMayComeInAnyPieces(magic: Int) throws {
    for maxval in magic == 1 ? [1] : [255, 1000] {
      let image = NetpbmImage.noise(magic: magic, maxval: maxval)
      let whole = try Program.run(["-k", "3"], input: .bytes(image.bytes + image.bytes)).output
      for size in [1, 7] {
        let outcome = try Program.shell(
          "dd bs=\(size) 2>/dev/null | pamkmeans -k 3", input: .bytes(image.bytes + image.bytes))
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output == whole)
      }
    }
  }

  @Test func bytesMayComeSlowly() throws {
    let script = """
      for byte in P 6 ' ' 2 '\\n' 2 '\\t' 2 5 5 '\\n' a b c d e f g h i j k l; do
        printf "$byte"; sleep 0.01
      done | pamkmeans -k 4
      """
    let outcome = try Program.shell(script)
    #expect(outcome.text == "P6\n2 2\n255\nabcdefghijkl")
    #expect(outcome.errors.isEmpty)
  }

  @Test func standardInputIsReadFromWhereItStands() throws {
    let script = """
      { echo first line; cat small; } >file
      { read -r line; pamkmeans -k 1000 -; } <file
      { dd bs=1 count=11 of=/dev/null 2>/dev/null; pamkmeans -k 1000; } <file
      { dd bs=1 count=11 of=/dev/null 2>/dev/null; pamkmeans -k 1000 /dev/fd/5; } 5<small <file
      """
    let outcome = try shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output == Self.small.bytes + Self.small.bytes + Self.small.bytes)
  }

  @Test func pipesMayBeNamedAsFiles() throws {
    let scripts = [
      "mkfifo fifo; cat small >fifo & pamkmeans -k 1000 fifo; rm fifo",
      "cat small | pamkmeans -k 1000 /dev/stdin",
    ]
    for script in scripts {
      let outcome = try shell(script)
      #expect(outcome.status == 0)
      #expect(outcome.output == Self.small.bytes)
    }
    try expectUntouched()
  }
}
