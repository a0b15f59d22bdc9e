/// How k-means is to be carried out.
package struct KMeansSettings: Sendable {
  /// Where the centroids start.
  package enum Start: String, Sendable, CaseIterable {
    /// Uniform in the sample cube, distinct.
    case random
    /// Distinct colors, drawn by their pixel counts.
    case pixels
    /// Distinct colors, each drawn by its weighted squared distance from those before it.
    case kMeansPlusPlus = "kmeans++"
    /// The means of boxes cut where the variance falls most.
    case wu
    /// Distinct colors, each the farthest from those before it.
    case maximin
  }

  /// Colors wanted, at least 1.
  package var clusterCount: Int

  /// Where the centroids start; nil lets the quantizer choose.
  package var start: Start?

  /// Seed of all random choices.
  package var seed: UInt64 = 1

  /// Independent runs, at least 1, of which the lowest inertia is kept.
  package var runCount: Int = 1

  /// Lloyd iterations a run at the most, 0 or more; nil is no limit.
  package var iterationLimit: Int?

  /// A run has converged when no coordinate of a centroid moved by more than this, on the 0...1 scale of samples.
  package var tolerance: Double = 0

  /// Threads that may work at a time, at least 1. Changes only the time taken.
  package var threadCount: Int = 1

  /// How hard to look where no start is asked for.
  package var effort = Effort.normal

  package init(clusterCount: Int) {
    self.clusterCount = clusterCount
  }
}
