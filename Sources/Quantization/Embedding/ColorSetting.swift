/// What colors are and how their distances are taken.
package struct ColorSetting: Sendable {
  /// What the planes mean.
  package var kind: TupleKind

  /// Where distances are taken; anywhere but in the samples for gray and RGB only.
  package var space = ColorSpace.sample

  /// What opacity means, where there is one.
  package var opacity = OpacityModel.premultiplied

  package init(kind: TupleKind) {
    self.kind = kind
  }

  /// Whether the last plane is opacity that the others are multiplied by to be compared: what is fully transparent is one
  /// color then.
  package var isPremultiplied: Bool { kind.hasOpacity && opacity == .premultiplied }
}
