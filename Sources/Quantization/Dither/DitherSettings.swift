/// The dithering method and its strength.
package struct DitherSettings: Equatable, Sendable {
  package enum Method: String, Sendable, CaseIterable {
    /// Error diffusion.
    case floyd
    /// Patterns by the Bayer matrix of 8 x 8.
    case bayer8
    /// Patterns by a blue noise of 64 x 64.
    case bluenoise
  }

  package var method: Method

  /// Strength, from 0 (none) to `wholeStrength` (full).
  package var strength = wholeStrength

  package static let wholeStrength = 1 << 16

  package init(_ method: Method, strength: Int = wholeStrength) {
    precondition((0...Self.wholeStrength).contains(strength))
    self.method = method
    self.strength = strength
  }
}
