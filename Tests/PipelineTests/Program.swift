import Foundation

/// The built program, run as a user would run it.
enum Program {
  /// What a run left behind.
  struct Outcome {
    /// The exit status as a shell has it: 128 and the signal's number after a signal.
    var status: Int32
    /// What came out of standard output.
    var output: Data
    /// What came out of standard error.
    var errors: String
    /// Seconds from start to end.
    var seconds: Double

    /// The output as text.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// The error lines without their ends.
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// Where standard input comes from.
  enum Input {
    case nothing
    /// Through a pipe.
    case bytes(Data)
    /// From a file, at its beginning.
    case file(String)
  }

  /// The directory of the program: of the release build where that is newer than every source, since it starts and runs
  /// several times as fast, else of the build that the tests belong to.
  static let directory: URL = {
    let release = testsDirectory.deletingLastPathComponent().appendingPathComponent("release")
    let program = release.appendingPathComponent("pamkmeans")
    guard let built = modificationDate(of: program), let changed = newestSource, changed < built else {
      return testsDirectory
    }
    return release
  }()

  /// The directory of the tests' build.
  private static let testsDirectory: URL = {
    // The tests' bundle lies beside the program; on Linux the main bundle is the directory of both, and asking for
    // all bundles stops Foundation of Swift 6.0.
    #if canImport(Darwin)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      return bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    #else
      return Bundle.main.bundleURL.resolvingSymlinksInPath()
    #endif
  }()

  /// When the program's sources last changed; nil if they cannot be listed.
  private static let newestSource: Date? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = package.appendingPathComponent("Sources")
    guard let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil) else {
      return nil
    }
    let paths = files.compactMap { $0 as? URL } + [package.appendingPathComponent("Package.swift")]
    return paths.compactMap(modificationDate).max()
  }()

  private static func modificationDate(of file: URL) -> Date? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    return attributes?[.modificationDate] as? Date
  }

  /// Runs the program alone.
  ///
  /// - Parameters:
  ///   - arguments: The arguments after its name.
  ///   - input: Its standard input.
  ///   - environment: Variables in addition to those of the tests.
  ///   - closed: Standard descriptors that are closed when it starts.
  /// - Returns: Its output and how it ended.
  /// - Throws: If it could not be started, or did not end in time.
  static func run(
    _ arguments: [String], input: Input = .nothing, environment: [String: String] = [:],
    closed: Set<Int32> = []
  ) throws -> Outcome {
    let closing = closed.sorted().map { $0 == 0 ? " <&-" : " \($0)>&-" }.joined()
    return try shell(
      "exec pamkmeans \"$@\"\(closing)", arguments: arguments, input: input, environment: environment)
  }

  /// Runs a script of the shell, in which `pamkmeans` is the built program.
  ///
  /// - Parameters:
  ///   - script: The script; its status is that of its last pipeline's last command.
  ///   - arguments: `$1` and so on.
  ///   - input: Its standard input.
  ///   - environment: Variables in addition to those of the tests.
  /// - Returns: Its output and how it ended.
  /// - Throws: If it could not be started, or did not end in time.
  static func shell(
    _ script: String, arguments: [String] = [], input: Input = .nothing, environment: [String: String] = [:]
  ) throws -> Outcome {
    let scratch = try TemporaryDirectory()
    // Files, not pipes: nothing can wait for the tests to read, and no concurrent test inherits the end of a pipe.
    let output = scratch.path("output")
    let errors = scratch.path("errors")
    let redirection: String
    switch input {
    case .nothing:
      redirection = "</dev/null"
    case .file(let path):
      redirection = "<\(quoted(path))"
    case .bytes(let bytes):
      try bytes.write(to: URL(fileURLWithPath: scratch.path("input")))
      redirection = ""
    }
    let command =
      "/bin/sh -c \(quoted(script)) sh \"$@\" \(redirection) >\(quoted(output)) 2>\(quoted(errors))"
    let whole =
      redirection.isEmpty
      ? "cat \(quoted(scratch.path("input"))) 2>/dev/null | \(command)" : "exec \(command)"
    var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Memory that was given back is overwritten, so that what still reads it goes wrong.
    variables["MALLOC_PERTURB_"] = "165"
    variables["PATH"] = "\(directory.path):\(variables["PATH"] ?? "/usr/bin:/bin")"

    let start = Date()
    let status = try ChildProcess.run(
      ["/bin/sh", "-c", whole, "sh"] + arguments, environment: variables, timeLimit: timeLimit)
    return Outcome(
      status: status,
      output: try Data(contentsOf: URL(fileURLWithPath: output)),
      errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self),
      seconds: Date().timeIntervalSince(start)
    )
  }

  /// Seconds after which a run is taken to hang; debug builds are slow, and a script can have all places of a fault.
  private static let timeLimit =
    ProcessInfo.processInfo.environment["PAMKMEANS_RELIABILITY"] == nil ? 120.0 : 3600

  /// The text as one word of the shell.
  private static func quoted(_ text: String) -> String {
    "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
  }
}
