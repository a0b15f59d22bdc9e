/// A request that the quantizer cannot carry out.
package enum QuantizationError: Error, Equatable {
  /// The system refused `byteCount` more bytes.
  case outOfMemory(byteCount: Int)

  /// Fewer colors than it takes for fixed ones, a transparent one and one for the other pixels.
  case tooFewColors(Int, needed: Int)
}

extension QuantizationError: CustomStringConvertible {
  /// The mistake in one line, without the program's name.
  package var description: String {
    switch self {
    case .outOfMemory(let byteCount):
      return "out of memory: cannot have \(byteCount) bytes more"
    case .tooFewColors(let count, let needed):
      let colors = "\(count) color\(count == 1 ? " is" : "s are") too few"
      return "\(colors): with fixed and transparent ones it takes \(needed)"
    }
  }
}
