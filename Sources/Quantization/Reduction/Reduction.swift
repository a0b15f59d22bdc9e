import Clustering
import Memory

/// The result of reducing an image's colors.
package struct Reduction {
  /// Number of colors asked for, at least 1; nil if the method determines it.
  package let wantedCount: Int?

  /// The palette, in lexicographic order, and the entry of each tuple.
  package private(set) var mapping: Mapping

  /// The clustering that the palette was made from; nil if the image has no more colors than were asked for.
  package let clustering: Clustering?

  /// The colors, in lexicographic order.
  package var palette: Palette { mapping.palette }

  /// The error.
  package let distortion: Distortion

  /// The same reduction, whose palette is written in the given order: for each place, the number of its color.
  func ordered(_ order: Storage<Int>) -> Reduction {
    var ordered = self
    ordered.mapping.ownOrder = order
    return ordered
  }
}
