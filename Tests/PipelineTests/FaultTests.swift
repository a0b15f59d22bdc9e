import Foundation
import Testing

/// Files and pipes that fail, end early or come in pieces.
@Suite struct FaultTests {
  private let directory: FaultDirectory

  init() throws {
    directory = try FaultDirectory()
  }

  // MARK: Outputs that fail

  @Test(
    arguments: ["small", "large"],
    ["-k 2", "-k 1000000", "-k 2 -plain", "-k 2 -mapout -", "-k 2 -mapout palette"])
  func fullDevices(file: String, options: String) throws {
    let outcome = try directory.shell("exec pamkmeans -threads 1 -maxiter 3 \(options) \(file) >/dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: cannot write standard output: No space left on device\n")
    try directory.expectUntouched()
  }

  @Test func fullDeviceForThePalette() throws {
    let outcome = try directory.shell("exec pamkmeans -k 2 -mapout /dev/full small")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: cannot write '/dev/full': No space left on device\n")
  }

  @Test(arguments: ["-k 2", "-k 2 -mapout -", "-k 2 -mapout palette", "-k 2 -verbose -quiet"])
  func closedStandardOutput(options: String) throws {
    let outcome = try directory.shell("exec pamkmeans \(options) small >&-")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "pamkmeans: standard output is closed\n")
    try directory.expectUntouched()
  }

  /// A descriptor that was closed does not become that of a file opened later.
  @Test func closedStandardError() throws {
    let good = try directory.shell("exec pamkmeans -k 2 -verbose -mapout new small 2>&-")
    #expect(good.status == 0)
    #expect(try good.output == directory.shell("exec pamkmeans -k 2 small").output)
    #expect(
      try directory.content("new") == directory.shell("exec pamkmeans -k 2 -mapout - small").output)
    let bad = try directory.shell("exec pamkmeans -k 2 -mapout palette cut 2>&-")
    #expect(bad.status == 1)
    try directory.expectUntouched(added: ["new"])
  }

  @Test func closedStandardInput() throws {
    let outcome = try directory.shell("exec pamkmeans -k 2 -mapout palette <&-")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: standard input is closed\n")
    try directory.expectUntouched()
    let file = try directory.shell("exec pamkmeans -k 1000 small <&-")
    #expect(file.status == 0)
    #expect(file.output == FaultDirectory.small.bytes)
    #expect(try directory.shell("exec pamkmeans -k 1000 small <&- 2>&-").output == FaultDirectory.small.bytes)
  }

  @Test(arguments: ["mapout", "small/palette", "missing/palette", "/dev/fd/250"])
  func palettesThatCannotBeWritten(path: String) throws {
    let outcome = try directory.shell(
      "mkdir mapout; pamkmeans -k 2 -mapout '\(path)' small; status=$?; rmdir mapout; exit $status")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("pamkmeans: cannot "))
    #expect(outcome.errors.contains("'\(path)': "))
    #expect(outcome.errorLines.count == 1)
    try directory.expectUntouched()
  }

  /// What the next program reads then is the image from its first byte.
  @Test(arguments: ["-report", "-mapout", "-mapfile", "-initfile", "-fixed", "-weightfile"])
  func filesOfOptionsAreOpenedBeforeInputIsRead(option: String) throws {
    let count = option == "-mapfile" ? "" : "-k 2"
    let outcome = try directory.shell(
      "{ pamkmeans \(count) \(option) missing/file; [ $? -eq 1 ] && cat; } <small")
    #expect(outcome.status == 0)
    #expect(outcome.output == FaultDirectory.small.bytes)
    #expect(outcome.errorLines.count == 1)
    try directory.expectUntouched()
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
    let outcome = try directory.shell(script)
    let one = try directory.shell("exec pamkmeans -k 3 small").output
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    let whole = (0..<2000).reduce(into: Data()) { bytes, _ in bytes += one }
    #expect(outcome.output == whole + Data("2000\n".utf8))
    try directory.expectUntouched()
  }

  // MARK: Readers that go away and signals

  @Test(arguments: ["", "-plain", "-mapout palette"])
  func readersThatGoAway(options: String) throws {
    // It starts when nobody is left to read.
    let outcome = try directory.shell(
      "mkfifo gone; { sleep 0.1; pamkmeans -k 1000000 \(options) large; echo $? >status; } | :\nwait; rm gone\n"
        + "while ! [ -s status ]; do sleep 0.01; done; cat status; rm status")
    #expect(outcome.text == "141\n")
    #expect(outcome.errors.isEmpty)
    try directory.expectUntouched()
  }

  @Test(arguments: ["TERM", "HUP"])
  func signalsLeaveNothingBehind(signal: String) throws {
    let script = """
      mkfifo in; pamkmeans -k 2 small >whole
      pamkmeans -k 2 -mapout palette <in >out & exec 3>in; cat small >&3
      until ls .*.partial >/dev/null 2>&1 && cmp -s out whole; do sleep 0.01; done
      kill -\(signal) $!; wait $!; status=$?; rm in out whole; exit $status
      """
    let outcome = try directory.shell(script)
    #expect(outcome.status == (signal == "TERM" ? 128 + SIGTERM : 128 + SIGHUP))
    try directory.expectUntouched()
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
    let outcome = try directory.shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(
      outcome.output == FaultDirectory.small.bytes + FaultDirectory.small.bytes + FaultDirectory.small.bytes)
  }

  @Test func pipesMayBeNamedAsFiles() throws {
    let scripts = [
      "mkfifo fifo; cat small >fifo & pamkmeans -k 1000 fifo; rm fifo",
      "cat small | pamkmeans -k 1000 /dev/stdin",
    ]
    for script in scripts {
      let outcome = try directory.shell(script)
      #expect(outcome.status == 0)
      #expect(outcome.output == FaultDirectory.small.bytes)
    }
    try directory.expectUntouched()
  }
}
