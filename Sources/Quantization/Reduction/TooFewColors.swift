/// The error that a number of colors is too small for the fixed colors, a transparent color and one color for the other
/// pixels.
package struct TooFewColors: Error, Equatable {
  /// Number of colors asked for.
  let count: Int

  /// The smallest number that is enough.
  let leastCount: Int
}

extension TooFewColors: CustomStringConvertible {
  /// The error in one line, without the program's name.
  package var description: String {
    let colors = "\(count) color\(count == 1 ? " is" : "s are") too few"
    return "\(colors): with transparent pixels and fixed colors, it takes at least \(leastCount)"
  }
}
