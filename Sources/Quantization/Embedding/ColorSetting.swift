/// The meaning of colors, and how their distances are measured.
package struct ColorSetting: Sendable {
  /// The meaning of the planes.
  package var kind: TupleKind

  /// The color space in which distances are measured. All but `sample` require gray or RGB.
  package var space = ColorSpace.sample

  /// The meaning of opacity, if there is any.
  package var opacity = OpacityModel.premultiplied

  /// The samples that palette colors may have; nil is all.
  package var levels: DeviceLevels?

  package init(kind: TupleKind) {
    self.kind = kind
  }

  /// Whether colors are multiplied by opacity, the last plane, when they are compared. All fully transparent tuples are
  /// then one color.
  package var isPremultiplied: Bool { kind.hasOpacity && opacity.isPremultiplied }
}
