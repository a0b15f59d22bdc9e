/// The meaning of opacity for the comparison of colors.
package enum OpacityModel: String, Sendable, CaseIterable {
  /// Opacity is how much of a color is seen: colors are compared by their mean appearance before all gray backgrounds.
  case premultiplied
  /// Opacity is a plane like others.
  case planes
}
