/// How an image is dithered.
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

  /// The part of the error that is made up for, in units of 1 / `wholeStrength`: `0...wholeStrength`.
  package var strength = wholeStrength

  package static let wholeStrength = 1 << 16

  package init(_ method: Method, strength: Int = wholeStrength) {
    precondition((0...Self.wholeStrength).contains(strength))
    self.method = method
    self.strength = strength
  }
}
