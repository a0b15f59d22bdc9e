import Quantization

extension PamHeader {
  /// What the planes mean, by the format or the tuple type; a depth that the type does not account for, or a type that
  /// Netpbm does not define, means nothing known.
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
