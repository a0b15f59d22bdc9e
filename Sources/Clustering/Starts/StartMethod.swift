/// How k-means chooses its initial centroids.
package enum StartMethod: String, Sendable, CaseIterable {
  /// Distinct positions, uniformly distributed in the cube of the grid.
  case random
  /// Distinct points, drawn with probability proportional to their weight.
  case pixels
  /// Distinct points, each drawn with probability proportional to its weighted squared distance from the nearest point
  /// already chosen.
  case kMeansPlusPlus = "kmeans++"
  /// The means of boxes of points. Each cut of a box is the one that lowers inertia most.
  case wu
  /// Distinct points, each the one farthest from those already chosen.
  case maximin
}
