#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Emphasizes small areas whose colors are rare in the image.
///
/// The weight of a tuple is its pixel count times the density around it to the power of -*x*. The density is the
/// fraction of all pixels whose color is within a radius in the color space. For *x* = 0, the weight of a color is its
/// area. For *x* = 1, all occupied regions of the color space have about the same weight.
struct Emphasis {
  private let power: Double

  /// - Parameter power: From 0 to 1.
  init(_ power: Double) {
    precondition((0...1).contains(power))
    self.power = power
  }

  /// The radius of the density, on the scale 0...1 of coordinates.
  static let radius = 1.0 / 16

  /// The factor of a tuple's weight, 1 or more.
  ///
  /// - Parameters:
  ///   - density: The weight within the radius, at least 1.
  ///   - total: The sum of all weights.
  /// - Returns: The factor.
  func factor(density: Int, of total: Int) -> Double {
    pow(Double(total) / Double(density), power)
  }

  /// The factor of all weights before they are rounded to whole numbers. It is large enough to preserve differences,
  /// and so small that sums do not overflow.
  ///
  /// - Parameter total: The sum of all weights.
  /// - Returns: A power of two.
  static func scale(total: Double) -> Double {
    var scale = 256.0
    while total * scale > 0x1p45 { scale /= 2 }
    return scale
  }
}
