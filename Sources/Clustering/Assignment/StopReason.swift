/// What ends an iteration of k-means.
package enum StopReason: Sendable {
  /// Nothing changes any more.
  case settled
  /// No coordinate of a centroid moved by more than the tolerance.
  case withinTolerance
  /// The limit of iterations came first.
  case iterationLimit
}
