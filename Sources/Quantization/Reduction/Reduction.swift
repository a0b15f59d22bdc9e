import Clustering

/// What an image's colors are reduced to.
package struct Reduction {
  /// Colors asked for, at least 1; nil where their number was not asked for.
  package let wantedCount: Int?

  /// Where the image's tuples go; the colors are in lexicographic order.
  package let mapping: Mapping

  /// How they were found; nil where the image has no more colors than were asked for.
  package let clustering: Clustering?

  /// The colors, in lexicographic order.
  package var palette: Palette { mapping.palette }

  /// What the reduction costs.
  package let distortion: Distortion
}
