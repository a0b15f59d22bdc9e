/// Where means and distances of colors are taken.
package enum ColorSpace: String, Sendable, CaseIterable {
  /// In the samples as they are.
  case sample
  /// In linear light, by the transfer function of sRGB.
  case linear
  /// In Oklab, where distances are nearer to what is seen.
  case oklab
}
