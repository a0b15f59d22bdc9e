import Memory

/// Rounds centroids to places: positions that can be written.
package protocol Rounding {
  /// Rounds centroids and moves the resulting places to the means of their points.
  ///
  /// - Parameters:
  ///   - centroids: At most the number of places wanted.
  ///   - settles: Whether to continue as long as inertia falls. If false, it stops as soon as every place that is not
  ///     fixed has points.
  /// - Returns: The places and their clusters: exactly the number wanted, or as many as can have points.
  /// - Throws: `OutOfMemory`.
  func clustering(from centroids: Centroids, settles: Bool) throws -> Clustering

  /// Rounds centroids and drops the places that are nearest to no point.
  ///
  /// - Parameter centroids: At most the number of places wanted.
  /// - Returns: The places and their clusters.
  /// - Throws: `OutOfMemory`.
  func clusteringInUse(from centroids: Centroids) throws -> Clustering

  /// The steps from place to place for the grid descent; nil is single steps of the points' grid.
  func steps() -> GridSteps?

  /// The positions of all places, in any order; nil if points have several coordinates or the positions are unknown.
  ///
  /// - Throws: `OutOfMemory`.
  func positionsOnLine() throws -> Storage<UInt16>?
}
