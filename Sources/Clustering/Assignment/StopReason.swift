/// Why an iteration of k-means ended.
package enum StopReason: Sendable {
  /// An iteration moved no centroid or did not lower inertia.
  case settled
  /// No mean was farther from its centroid than the tolerance in any coordinate.
  case withinTolerance
  /// The iteration limit was reached.
  case iterationLimit
}
