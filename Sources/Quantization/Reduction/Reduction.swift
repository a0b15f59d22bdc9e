/// What an image's colors are reduced to.
package struct Reduction {
  /// Colors asked for, at least 1; nil where their number was not asked for.
  package let wantedCount: Int?

  /// The colors, in lexicographic order.
  package let palette: Palette

  /// How they were found; nil where the image has no more colors than were asked for, and keeps them all.
  package let clustering: Clustering?

  /// For each tuple the number of its own color, where the palette has other colors besides and nothing was clustered.
  var ownLabels: Storage<UInt32>?

  /// Where the image's tuples go.
  package var mapping: Mapping { Mapping(palette: palette, labels: clustering?.labels ?? ownLabels) }

  /// What the reduction costs.
  package let distortion: Distortion
}
