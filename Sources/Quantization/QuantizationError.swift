/// A request that the quantizer cannot carry out.
package enum QuantizationError: Error, Equatable {
  /// The system refused `byteCount` more bytes.
  case outOfMemory(byteCount: Int)

  /// So many colors leave no room for others beside the transparent one.
  case tooFewColors(Int)
}

extension QuantizationError: CustomStringConvertible {
  /// The mistake in one line, without the program's name.
  package var description: String {
    switch self {
    case .outOfMemory(let byteCount):
      return "out of memory: cannot have \(byteCount) bytes more"
    case .tooFewColors(let count):
      return "\(count) color\(count == 1 ? " is" : "s are") too few for transparent and other pixels"
    }
  }
}
