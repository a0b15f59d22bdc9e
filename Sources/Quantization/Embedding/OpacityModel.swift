/// What the opacity of an image means to its colors.
package enum OpacityModel: String, Sendable, CaseIterable {
  /// How much of the color is seen before a background: colors are compared as they look before all of them.
  case premultiplied
  /// No more than a plane beside the others.
  case planes
}
