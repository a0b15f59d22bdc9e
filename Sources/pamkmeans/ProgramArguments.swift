/// The arguments that the program was started with.
enum ProgramArguments {
  /// Reads the arguments after the program's name.
  ///
  /// Bytes that are not UTF-8 would not come back as they were, so that a file of another name would be written.
  ///
  /// - Throws: `UsageError.notUTF8` for the first that is no text.
  static func read() throws(UsageError) -> [String] {
    var arguments: [String] = []
    for case let argument? in (0..<Int(CommandLine.argc)).map({ CommandLine.unsafeArgv[$0] }).dropFirst() {
      guard let text = String(validatingCString: argument) else {
        let bytes = UnsafeBufferPointer(start: argument, count: byteCount(argument))
        throw .notUTF8(bytes.map(UInt8.init(bitPattern:)))
      }
      arguments.append(text)
    }
    return arguments
  }

  private static func byteCount(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}
