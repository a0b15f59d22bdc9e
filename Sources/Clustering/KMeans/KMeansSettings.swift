/// The settings of k-means.
package struct KMeansSettings: Sendable {
  /// Number of clusters, at least 1.
  package var clusterCount: Int

  /// The start of plain k-means; nil uses `Search` instead.
  package var start: StartMethod?

  /// Seed of all random choices.
  package var seed: UInt64 = 1

  /// Number of independent runs, at least 1. The run with the lowest inertia wins.
  package var runCount: Int = 1

  /// Maximum number of Lloyd's iterations per run, 0 or more; nil is no limit.
  package var iterationLimit: Int?

  /// A run stops when no centroid coordinate moves by more than this, on the scale 0...1 of the grid.
  package var tolerance: Double = 0

  /// Number of worker threads, at least 1. The result does not depend on it.
  package var threadCount: Int = 1

  /// How thorough the search is; ignored if `start` is not nil.
  package var effort = Effort.normal

  package init(clusterCount: Int) {
    self.clusterCount = clusterCount
  }
}
