/// The settings of k-means.
package struct KMeansSettings: Sendable {
  /// Clusters wanted, at least 1.
  package var clusterCount: Int

  /// How the start is chosen; nil searches for the lowest inertia.
  package var start: StartMethod?

  /// Seed of all random choices.
  package var seed: UInt64 = 1

  /// Independent runs, at least 1, of which the lowest inertia is kept.
  package var runCount: Int = 1

  /// Lloyd iterations a run at the most, 0 or more; nil is no limit.
  package var iterationLimit: Int?

  /// A run has converged when no coordinate of a centroid moved by more than this, on the 0...1 scale of the grid.
  package var tolerance: Double = 0

  /// Threads that may work at a time, at least 1. Changes only the time taken.
  package var threadCount: Int = 1

  /// How thorough the search is; used where `start` is nil.
  package var effort = Effort.normal

  package init(clusterCount: Int) {
    self.clusterCount = clusterCount
  }
}
