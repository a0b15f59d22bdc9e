/// The result of Lloyd's iteration, and why it ended.
package struct LloydOutcome {
  package var centroids: Centroids

  /// Inertia after each iteration that lowered it, in units of the centroids' grid squared.
  package var history: [Int128] = []

  package var ending = StopReason.iterationLimit
}
