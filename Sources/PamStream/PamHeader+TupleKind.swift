import Quantization

extension PamHeader {
  /// The meaning of the planes, from the format or the tuple type.
  ///
  /// The planes have no known meaning if Netpbm does not define the tuple type, or if the depth does not match it.
  package var tupleKind: TupleKind {
    let kind: TupleKind? =
      switch tupleType {
      case "BLACKANDWHITE", "GRAYSCALE": TupleKind(.gray, hasOpacity: false)
      case "RGB": TupleKind(.rgb, hasOpacity: false)
      case "BLACKANDWHITE_ALPHA", "GRAYSCALE_ALPHA": TupleKind(.gray, hasOpacity: true)
      case "RGB_ALPHA": TupleKind(.rgb, hasOpacity: true)
      default: nil
      }
    guard let kind, kind.depth == layout.depth else {
      return TupleKind(.planes(layout.depth), hasOpacity: false)
    }
    return kind
  }
}
