/// How the centroids are chosen from which plain k-means starts.
package enum StartMethod: String, Sendable, CaseIterable {
  /// Distinct positions, uniform in the cube of the grid.
  case random
  /// Distinct points, drawn by their weights.
  case pixels
  /// Distinct points, each drawn by its weighted squared distance from those before it.
  case kMeansPlusPlus = "kmeans++"
  /// The means of boxes, cut where the variance falls most.
  case wu
  /// Distinct points, each the farthest from those before it.
  case maximin
}
