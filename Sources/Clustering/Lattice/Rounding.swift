import Memory

/// Brings centroids to places that can be written.
package protocol Rounding {
  /// Rounds centroids and moves the places they become to the means of their points.
  ///
  /// - Parameters:
  ///   - centroids: At most as many as places are wanted.
  ///   - settles: Whether to go on as long as inertia falls. Otherwise it stops once every place has points.
  /// - Returns: As many places as are wanted, and their clusters.
  /// - Throws: `OutOfMemory`.
  func clustering(from centroids: Centroids, settles: Bool) throws -> Clustering

  /// Rounds centroids and leaves out those that no point is nearest to.
  ///
  /// - Parameter centroids: At most as many as places are wanted.
  /// - Returns: The places and their clusters.
  /// - Throws: `OutOfMemory`.
  func clusteringInUse(from centroids: Centroids) throws -> Clustering

  /// The positions of all places, in any order, where points have one coordinate and this is known; else nil.
  ///
  /// - Throws: `OutOfMemory`.
  func positionsOnLine() throws -> Storage<UInt16>?
}
