/// Something that takes any bytes, and what has to hold whatever they are.
enum FuzzTarget: String, CaseIterable {
  /// A stream of images is read, written and read again.
  case stream
  /// The arguments of a command line, a NUL between two.
  case options
  /// A file of colors.
  case palette
  /// A tiny image and options for the engine.
  case engine
  /// A tiny image and a palette to map it to.
  case mapping

  /// What did not hold.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Tries some bytes.
  ///
  /// - Throws: `Failure`.
  func check(_ bytes: UnsafeRawBufferPointer) throws {
    switch self {
    case .stream: try StreamCheck(bytes).check()
    case .options: try OptionsCheck(bytes).check()
    case .palette: try PaletteCheck(bytes).check()
    case .engine: try EngineCheck(bytes).check()
    case .mapping: try MappingCheck(bytes).check()
    }
  }

  /// - Throws: `Failure` unless the condition holds.
  static func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    guard condition else { throw Failure(description: description()) }
  }
}
