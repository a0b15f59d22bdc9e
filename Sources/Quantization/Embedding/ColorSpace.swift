/// The space in which means and distances of colors are computed.
package enum ColorSpace: String, Sendable, CaseIterable {
  /// The samples themselves.
  case sample
  /// Linear light, by the transfer function of sRGB.
  case linear
  /// Oklab, whose distances are closer to perceived differences.
  case oklab
}
