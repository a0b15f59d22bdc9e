/// A request that the quantizer cannot carry out.
package enum QuantizationError: Error, Equatable {
  /// The system refused `byteCount` more bytes.
  case outOfMemory(byteCount: Int)
}

extension QuantizationError: CustomStringConvertible {
  /// The mistake in one line, without the program's name.
  package var description: String {
    switch self {
    case .outOfMemory(let byteCount):
      return "out of memory: cannot have \(byteCount) bytes more"
    }
  }
}
