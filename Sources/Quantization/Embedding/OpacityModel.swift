/// The meaning of opacity for the comparison of colors.
package enum OpacityModel: String, Sendable, CaseIterable {
  /// Opacity is how much of a color is visible. Colors are compared by what is visible on all gray backgrounds, on
  /// average.
  case premultiplied
  /// Opacity has been made 0 or maxval, and then counts as with `premultiplied`.
  case binary
  /// Opacity is a plane like others.
  case planes

  /// Whether colors are multiplied by opacity when they are compared.
  var isPremultiplied: Bool { self != .planes }
}
