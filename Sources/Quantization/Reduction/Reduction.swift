import Clustering
import Memory

/// The result of reducing an image's colors.
package struct Reduction {
  /// Number of colors asked for, at least 1; nil if the method determines it.
  package let wantedCount: Int?

  /// The palette, in lexicographic order, and the entry of each tuple.
  package private(set) var mapping: Mapping

  /// The clustering behind the palette; nil if the image has no more colors than were asked for.
  package let clustering: Clustering?

  /// The colors, in lexicographic order.
  package var palette: Palette { mapping.palette }

  /// The error.
  package let distortion: Distortion

  /// The same reduction with an order of its palette's own: for each place the number of its color.
  func ordered(_ order: Storage<Int>) -> Reduction {
    var ordered = self
    ordered.mapping.ownOrder = order
    return ordered
  }
}
