/// The squared distance between tuples before and after, by which errors are measured and reported.
///
/// It is that of the samples. If opacity is premultiplied, it is the mean, over backgrounds from black to white, of the
/// squared difference between what is visible, color planes summed: with opacities a and color samples c from 0 to 1,
///
///     sum of (difference of (a c - a/2))^2 + color planes * (difference of a)^2 / 12.
package struct ErrorMeasure: Sendable {
  /// How many parts make a squared sample step: squares are integers in such parts.
  package let unit: Int128

  /// Number of planes that the peak signal-to-noise ratio is a mean over.
  package let planeCount: Int

  private let depth: Int
  private let maxval: Int
  private let isPremultiplied: Bool

  /// - Parameters:
  ///   - setting: The meaning of the planes, and how opacity counts.
  ///   - layout: The layout of the tuples.
  package init(_ setting: ColorSetting, _ layout: TupleLayout) {
    depth = layout.depth
    maxval = layout.maxval
    isPremultiplied = setting.isPremultiplied
    planeCount = isPremultiplied ? layout.depth - 1 : layout.depth
    let square = Int128(layout.maxval) * Int128(layout.maxval)
    unit = isPremultiplied ? 12 * square : 1
  }

  /// The squared distance between two tuples.
  ///
  /// - Parameters:
  ///   - first: Returns the sample of a plane of one tuple.
  ///   - second: Returns the sample of a plane of the other.
  /// - Returns: The square in parts of a squared sample step, see `unit`.
  @inline(__always)
  package func square(_ first: (Int) -> Int, _ second: (Int) -> Int) -> Int128 {
    guard isPremultiplied else {
      var square = 0
      for plane in 0..<depth {
        let way = first(plane) - second(plane)
        square += way * way
      }
      return Int128(square)
    }
    let (opacity, other) = (first(depth - 1), second(depth - 1))
    let way = maxval * (opacity - other)
    // In units of 1 / (2 maxval): a c - a / 2 becomes 2 a c - a maxval.
    var square: Int128 = 0
    for plane in 0..<depth - 1 {
      let visible = Int128(2 * (opacity * first(plane) - other * second(plane)) - way)
      square += visible * visible
    }
    return 3 * square + Int128(planeCount) * Int128(way) * Int128(way)
  }
}
