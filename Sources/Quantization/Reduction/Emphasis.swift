#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The emphasis on small areas of a color of their own.
///
/// The weight of a tuple is its pixel count times the density around it to the power -*x*, where the density is the part
/// of all pixels whose color is within a radius in the color space. For *x* = 0 a color counts by its area; for *x* = 1
/// each occupied place of the color space counts alike.
struct Emphasis {
  private let power: Double

  /// - Parameter power: From 0 to 1.
  init(_ power: Double) {
    precondition((0...1).contains(power))
    self.power = power
  }

  /// The radius, with coordinates from 0 to 1.
  static let radius = 1.0 / 16

  /// The factor of a tuple's weight, 1 or more.
  ///
  /// - Parameters:
  ///   - density: The weight within the radius, at least 1.
  ///   - total: All weight.
  /// - Returns: The factor.
  func factor(density: Int, of total: Int) -> Double {
    pow(Double(total) / Double(density), power)
  }

  /// The scale of weights before they are rounded to whole numbers: large enough to keep differences, and small enough to
  /// keep sums from overflowing.
  ///
  /// - Parameter total: The sum of all.
  /// - Returns: A power of two.
  static func scale(total: Double) -> Double {
    var scale = 256.0
    while total * scale > 0x1p45 { scale /= 2 }
    return scale
  }
}
