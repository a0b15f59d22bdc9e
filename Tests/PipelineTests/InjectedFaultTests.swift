import Foundation
import Testing

#if os(Linux)
  private let canPreload = true
#else
  private let canPreload = false
#endif

/// System calls that fail at every place where they are made: `faults.sh` runs the program with the library `faults.c`
/// preloaded, once for each place.
///
/// Whatever fails, the exit status tells the truth, what was written is the beginning of what is to be written, a
/// palette and a report are as they were or complete, and no temporary file is left.
///
/// The places are all of them if the variable `PAMKMEANS_RELIABILITY` is set, else some.
@Suite(.enabled(if: canPreload)) struct InjectedFaultTests {
  private static let isThorough = ProcessInfo.processInfo.environment["PAMKMEANS_RELIABILITY"] != nil

  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    let small = NetpbmImage.noise(magic: 6, width: 4, height: 3, maxval: 255).bytes
    try small.write(to: URL(fileURLWithPath: scratch.path("small")))
    try (small + small).write(to: URL(fileURLWithPath: scratch.path("two")))
    // Beyond the size up to which the pixels of a file are kept in memory.
    var large = Data("P6\n600 600\n255\n".utf8)
    for index in 0..<600 { large += Data(repeating: UInt8(index / 200 * 100), count: 1800) }
    try large.write(to: URL(fileURLWithPath: scratch.path("large")))
    let built = try Program.shell(
      "cc -O1 -shared -fPIC -o \"$1\" \"$2\" -ldl",
      arguments: [scratch.path("faults.so"), Self.path("faults.c")])
    try #require(built.status == 0, "\(built.errors)")
  }

  private static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Has `fault` happen at one place after the other.
  ///
  /// - Returns: How many faults happened.
  private func inject(
    _ fault: String, step: Int = 1, code: Int32, input: String, _ options: String
  ) throws -> Int {
    let outcome = try Program.shell(
      "cd \"$1\" && shift && sh \"$@\"",
      arguments: [scratch.url.path, Self.path("faults.sh"), scratch.path("faults.so"), fault]
        + ["\(Self.isThorough ? 1 : step)", "\(code)", input]
        + options.split(separator: " ").map(String.init))
    // The shell, too, has something to say of a signal.
    #expect(outcome.status == 0, "\(outcome.errors)")
    let count = try #require(Int(outcome.text.dropLast()), "\(outcome.text)")
    print("faults: \(count) of \(fault) \(code), \(input) \(options)")
    return count
  }

  @Test(arguments: [("-k 3", 31), ("-k 3 -plain", 37), ("-k 100", 29)])
  func writesThatFailAfterEveryByte(options: String, step: Int) throws {
    #expect(try inject("bytes", step: step, code: ENOSPC, input: "small", "\(options) -threads 1") > 10)
  }

  @Test(arguments: [
    ("read", EIO, 1), ("write", EIO, 1), ("open", EMFILE, 1), ("close", EIO, 1), ("rename", EACCES, 1),
    ("fchmod", EPERM, 1), ("fstat", EIO, 0), ("lseek", ESPIPE, 0),
  ])
  func callsThatFail(name: String, code: Int32, least: Int) throws {
    #expect(try inject(name, code: code, input: "two", "-k 3 -threads 1") >= least)
  }

  @Test(arguments: ["large", "|large"])
  func callsThatFailForLargeImages(input: String) throws {
    let options = "-k 2 -memory 0 -threads 2"
    #expect(try inject("read", step: 3, code: EIO, input: input, options) > 0)
    #expect(try inject("pread", code: EIO, input: input, options) > 0)
    #expect(try inject("write", code: ENOSPC, input: input, options) > 0)
    #expect(try inject("open", code: ENFILE, input: input, options) > 0)
    #expect(try inject("fstat", code: EOVERFLOW, input: input, options) >= (input == "large" ? 1 : 0))
    #expect(try inject("lseek", code: EOVERFLOW, input: input, options) >= (input == "large" ? 1 : 0))
    #expect(try inject("memory", step: 11, code: ENOMEM, input: input, options) > 0)
  }

  /// Whatever threads there are, the bytes are the same.
  @Test(arguments: [EAGAIN, ENOMEM])
  func threadsThatAreRefused(code: Int32) throws {
    #expect(try inject("thread", code: code, input: "large", "-k 2 -threads 4") > 0)
    #expect(try inject("nothread", code: code, input: "large", "-k 2 -threads 4") > 0)
  }

  @Test func memoryThatIsRefused() throws {
    for options in ["-k 3", "-k 3,5 -threads 3", "-k 3 -init kmeans++ -runs 2", "-psnr 20 -effort best"] {
      #expect(try inject("memory", step: 17, code: ENOMEM, input: "two", options) > 0)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2])
  func signalsAtEveryCall(signal: Int32) throws {
    #expect(try inject("signal", step: 41, code: signal, input: "two", "-k 3 -threads 1") > 1)
    #expect(try inject("signal", step: 43, code: signal, input: "|large", "-k 2 -memory 0 -threads 1") > 1)
  }

  @Test(arguments: ["two", "|two", "large", "|large"])
  func callsThatHaveToBeRepeated(input: String) throws {
    #expect(try inject("again", step: 2, code: EINTR, input: input, "-k 2 -memory 0 -threads 1") > 0)
    #expect(try inject("again", step: 2, code: EAGAIN, input: input, "-k 2 -memory 0 -threads 1") > 0)
  }

  @Test func callsThatDoLittle() throws {
    #expect(try inject("short", code: 0, input: "|two", "-k 2 -plain -threads 1") > 0)
  }
}
