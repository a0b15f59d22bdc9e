/// The dithering method and its strength.
package struct DitherSettings: Equatable, Sendable {
  package enum Method: String, Sendable, CaseIterable {
    /// Error diffusion.
    case floyd
    /// Pattern dithering with the 8 x 8 Bayer matrix.
    case bayer8
    /// Pattern dithering with 64 x 64 blue noise.
    case bluenoise
  }

  package var method: Method

  /// The strength, from 0 (none) to `wholeStrength` (full).
  package var strength = wholeStrength

  package static let wholeStrength = 1 << 16

  package init(_ method: Method, strength: Int = wholeStrength) {
    precondition((0...Self.wholeStrength).contains(strength))
    self.method = method
    self.strength = strength
  }
}
