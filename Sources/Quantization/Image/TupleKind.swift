/// The meaning of a tuple's planes. It determines whether colors of different images can be compared.
package struct TupleKind: Hashable, Sendable {
  package enum Color: Hashable, Sendable {
    /// One plane. It equals RGB with three equal planes.
    case gray
    /// Red, green and blue.
    case rgb
    /// Planes of unknown meaning.
    case planes(Int)
  }

  package var color: Color

  /// Whether the last plane is opacity, which ranges from 0 (transparent) to maxval (opaque).
  package var hasOpacity: Bool

  package init(_ color: Color, hasOpacity: Bool) {
    self.color = color
    self.hasOpacity = hasOpacity
  }

  /// Number of color planes.
  package var colorCount: Int {
    switch color {
    case .gray: 1
    case .rgb: 3
    case .planes(let count): count
    }
  }

  /// Number of planes, including opacity.
  package var depth: Int { colorCount + (hasOpacity ? 1 : 0) }

  /// Whether colors of both kinds can be compared. Gray and RGB can; planes of unknown meaning can be compared with the
  /// same number of planes.
  package func isComparable(with other: TupleKind) -> Bool {
    switch (color, other.color) {
    case (.planes, _), (_, .planes): colorCount == other.colorCount
    default: true
    }
  }
}
