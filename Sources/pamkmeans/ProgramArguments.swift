import PamStream

/// The arguments of the program.
enum ProgramArguments {
  /// Reads the arguments after the program's name. Bytes that are not UTF-8 are represented as in paths.
  static func read() -> [String] {
    (1..<max(Int(CommandLine.argc), 1)).compactMap { number in
      CommandLine.unsafeArgv[number].map { argument in
        String(path: UnsafeRawBufferPointer(start: argument, count: byteCount(argument)))
      }
    }
  }

  private static func byteCount(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}
