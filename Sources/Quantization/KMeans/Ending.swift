/// What ends an iteration of k-means.
package enum Ending: Sendable {
  /// Nothing changes any more.
  case settled
  /// No coordinate of a centroid moved by more than the tolerance.
  case withinTolerance
  /// The limit of iterations came first.
  case iterationLimit
}
