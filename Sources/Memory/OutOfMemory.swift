/// The error that the system refused to allocate memory.
public struct OutOfMemory: Error, Equatable {
  /// Number of bytes requested.
  public let byteCount: Int

  public init(byteCount: Int) {
    self.byteCount = byteCount
  }
}

extension OutOfMemory: CustomStringConvertible {
  /// The error in one line, without the program's name.
  public var description: String { "out of memory: cannot allocate \(byteCount) more bytes" }
}
