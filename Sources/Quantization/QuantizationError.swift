/// A request that the quantizer cannot carry out.
package enum QuantizationError: Error, Equatable {
  /// The system refused `byteCount` more bytes.
  case outOfMemory(byteCount: Int)
  /// A tuple has more planes than squared distances can be summed over; `limit` are possible at this maxval.
  case tooManyPlanes(limit: Int)
}

extension QuantizationError: CustomStringConvertible {
  /// The mistake in one line, without the program's name.
  package var description: String {
    switch self {
    case .outOfMemory(let byteCount):
      return "out of memory: cannot have \(byteCount) bytes more"
    case .tooManyPlanes(let limit):
      return "too many planes for this maxval: \(limit) are possible"
    }
  }
}
