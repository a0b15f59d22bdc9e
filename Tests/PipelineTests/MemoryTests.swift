import Foundation
import Testing

/// Where the pixels wait until the colors are chosen: in the input file, in memory, in a temporary file.
@Suite struct MemoryTests {
  /// The work directory; `spool` in it is for temporary files.
  private let scratch: TemporaryDirectory

  /// Megabytes, with few colors so that tests of a debug build are quick.
  private static let image = NetpbmImage.tiles(magic: 6, width: 1200, height: 1500)
  private static let temporary = "a temporary file in 'spool'"

  init() throws {
    scratch = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: scratch.path("spool"), withIntermediateDirectories: false)
    try Self.image.write(to: URL(fileURLWithPath: scratch.path("image")))
  }

  private func shell(_ script: String, temporaryDirectory: String = "spool") throws -> Program.Outcome {
    try Program.shell(
      "cd \"$1\" || exit\n\(script)", arguments: [scratch.url.path],
      environment: ["TMPDIR": temporaryDirectory])
  }

  private func expectNothingLeft() throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("spool")).isEmpty)
  }

  @Test func sameBytesByAnyWay() throws {
    let expected = try shell("exec pamkmeans -k 5 -memory 1G image").output
    #expect(expected.count == Self.image.count)
    for script in [
      "pamkmeans -k 5 -memory 0 image", "pamkmeans -k 5 <image", "cat image | pamkmeans -k 5",
      "cat image | pamkmeans -k 5 -memory 0", "cat image | pamkmeans -k 5 -memory 4M",
      "cat image | pamkmeans -k 5 -memory 2100k -threads 1",
      "{ echo first line; cat image; } >file; { read -r line; pamkmeans -k 5; } <file",
    ] {
      let outcome = try shell(script)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(script): \(outcome.errors)")
      #expect(outcome.output == expected, "\(script)")
    }
    try expectNothingLeft()
  }

  /// Each image's temporary file is closed before the next is made.
  @Test func streamsOfSpooledImages() throws {
    let script = """
      for i in 1 2 3 4 5 6; do cat image; done >stream
      ulimit -n 9
      cat stream | pamkmeans -k 1000000 -memory 0 | cmp - stream && pamkmeans -k 1000000 -memory 0 stream | cmp - stream
      """
    let outcome = try shell(script)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    try expectNothingLeft()
  }

  @Test func theTemporaryFileHasNoName() throws {
    let script = """
      mkfifo in; pamkmeans -k 2 -memory 0 <in >out & exec 3>in; head -c 5000000 image >&3
      if [ -d /proc/$!/fd ]; then
        until ls -l /proc/$!/fd | grep -q "$PWD/spool/"; do sleep 0.01; done
      fi
      ls -A spool
      kill -TERM $!; wait $!; echo $?
      """
    let outcome = try shell(script)
    #expect(outcome.text == "\(128 + SIGTERM)\n")
    try expectNothingLeft()
  }

  @Test(arguments: ["missing", "image", "/proc"])
  func directoriesThatDoNot(name: String) throws {
    let outcome = try shell("cat image | pamkmeans -k 2 -memory 0", temporaryDirectory: name)
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("pamkmeans: cannot create a temporary file in '\(name)': "))
    // None is needed for a file, for what fits, and for what is small.
    for script in ["pamkmeans -k 2 -memory 0 image", "cat image | pamkmeans -k 2 -memory 6M"] {
      #expect(try shell(script, temporaryDirectory: name).status == 0)
    }
    let small = "echo 'P2 2 1 9 1 5 ' | pamkmeans -k 2 -plain -memory 0"
    #expect(try shell(small, temporaryDirectory: name).text == "P2\n2 1\n9\n1 5 \n")
  }

  @Test func filesThatGrowTooLarge() throws {
    for option in ["-plain", "-mapout palette", "-shared"] {
      let outcome = try shell(
        "ulimit -f 1000; cat image | { pamkmeans -k 2 -memory 0 \(option); echo $? >&2; }")
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: cannot write \(Self.temporary): File too large\n1\n")
      let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
      #expect(Set(names) == ["image", "spool"])
    }
    // A palette alone needs no pixels kept.
    let palette = try shell("ulimit -f 1000; cat image | pamkmeans -k 2 -memory 0 -mapout - | wc -c")
    #expect(palette.status == 0 && palette.errors.isEmpty)
    try expectNothingLeft()
  }

  /// The reader of the first rows makes the program wait while the last ones change.
  @Test func filesThatChange() throws {
    let script = """
      mkfifo out; pamkmeans -k 4 image >out & exec 3<out; head -c 1 <&3 >first
      printf x | dd of=image bs=1 seek=5000000 conv=notrunc 2>/dev/null
      cat <&3 >rest; wait $!; echo $?
      """
    let outcome = try shell(script)
    #expect(outcome.text == "1\n")
    #expect(outcome.errors == "pamkmeans: image: input changed while being read\n")
  }

  /// Noise of 16 bits, where hardly two pixels have one color: with `-memory` near colors count as one, which is said.
  @Test(arguments: ["", "RGB_ALPHA"])
  func tooManyColorsAreTakenTogether(type: String) throws {
    let depth = type.isEmpty ? 3 : 4
    var noise = NetpbmImage.noise(
      magic: type.isEmpty ? 6 : 7, width: 320, height: 240, depth: depth, maxval: 65535, tupleType: type)
    if depth == 4 {
      for pixel in 0..<76_800 where pixel % 3 < 2 { noise.samples[4 * pixel + 3] = pixel % 3 * 65535 }
    }
    let path = scratch.path("noise")
    try noise.bytes.write(to: URL(fileURLWithPath: path))
    let exact = try Program.run(["-k", "9", "-effort", "fast", path])
    #expect(exact.status == 0 && exact.errors.isEmpty)
    let options = ["-k", "9", "-effort", "fast", "-memory", "1M"]
    let coarse = try Program.run(options + [path])
    #expect(coarse.status == 0)
    let told =
      /pamkmeans: image 1: more than 65536 colors: ignoring the lowest (\d+) bits of each sample/
    let match = try #require(coarse.errors.prefixMatch(of: told))
    let bits = try #require(Int(match.1))
    #expect((5...14).contains(bits))
    let output = try NetpbmImage(coarse.output)
    #expect(output.colors.count == 9)
    if depth == 3 {
      let inertia = try noise.inertia(to: NetpbmImage(exact.output))
      #expect(Double(noise.inertia(to: output)) < 1.05 * Double(inertia))
    } else {
      for (before, after) in zip(noise.tuples, output.tuples) {
        #expect(before[3] != 65535 || after[3] == 65535)
        #expect(before[3] != 0 || after[3] == 0)
      }
    }
    for more in [["-threads", "3"], ["-quiet"]] {
      let again = try Program.run(options + more, input: .bytes(noise.bytes))
      let isEqual = again.output == coarse.output
      #expect(isEqual && again.errors.isEmpty == (more == ["-quiet"]))
    }
  }

  /// As many colors as are wanted have to be left, whichever option says how many.
  @Test func colorsWantedAreNotTakenTogether() throws {
    let noise = NetpbmImage.noise(magic: 6, width: 320, height: 240, depth: 3, maxval: 65535)
    let path = scratch.path("noise")
    try noise.bytes.write(to: URL(fileURLWithPath: path))
    for wanted in ["100000", "\(Int.max)", "\(Int.max / 8 + 1)"] {
      let all = try Program.run(["-k", wanted, "-memory", "1M", path])
      let isSame = all.output == noise.bytes
      #expect(isSame && all.errors.isEmpty, "\(wanted)")
    }
    var start = noise
    start.samples = Array(noise.samples[..<30_000])
    (start.width, start.height) = (10_000, 1)
    try start.bytes.write(to: URL(fileURLWithPath: scratch.path("start")))
    let options = ["-initfile", scratch.path("start"), "-maxiter", "1", "-memory", "1M", path]
    let unsaid = try Program.run(options)
    let said = try Program.run(["-k", "10000"] + options)
    let isSame = unsaid.output == said.output
    #expect(isSame && unsaid.status == 0 && unsaid.errors.isEmpty)
  }
}

extension NetpbmImage {
  /// The file of a raw image with a maxval of 255 and some dozens of colors.
  fileprivate static func tiles(magic: Int, width: Int, height: Int) -> Data {
    var bytes = Data("P\(magic)\n\(width) \(height)\n255\n".utf8)
    let row = (0..<3 * width).map { UInt8($0 / 90 * 37 & 255) }
    for index in 0..<height {
      bytes += row.map { $0 ^ UInt8(index / 100 * 8 & 255) }
    }
    return bytes
  }
}
