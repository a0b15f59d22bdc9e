/// What the planes of a tuple mean, so far as colors of different images can be compared.
package struct TupleKind: Hashable, Sendable {
  package enum Color: Hashable, Sendable {
    /// One plane, the same as three equal ones.
    case gray
    /// Red, green and blue.
    case rgb
    /// Planes of unknown meaning.
    case planes(Int)
  }

  package var color: Color

  /// Whether the last plane is opacity: maxval is opaque.
  package var hasOpacity: Bool

  package init(_ color: Color, hasOpacity: Bool) {
    self.color = color
    self.hasOpacity = hasOpacity
  }

  /// Planes without opacity.
  package var colorCount: Int {
    switch color {
    case .gray: 1
    case .rgb: 3
    case .planes(let count): count
    }
  }

  /// Planes in all.
  package var depth: Int { colorCount + (hasOpacity ? 1 : 0) }

  /// Whether colors of both kinds can be compared: gray and RGB can, planes of unknown meaning with as many others.
  package func isComparable(with other: TupleKind) -> Bool {
    switch (color, other.color) {
    case (.planes, _), (_, .planes): colorCount == other.colorCount
    default: true
    }
  }
}
