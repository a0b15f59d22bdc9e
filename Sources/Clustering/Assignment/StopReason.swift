/// Why an iteration of k-means ended.
package enum StopReason: Sendable {
  /// An iteration moved no centroid or did not lower inertia.
  case settled
  /// No coordinate of a centroid moved by more than the tolerance.
  case withinTolerance
  /// The iteration limit was reached.
  case iterationLimit
}
