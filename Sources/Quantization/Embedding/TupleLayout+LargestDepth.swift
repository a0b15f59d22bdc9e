import Clustering

extension TupleLayout {
  /// The largest depth for which squared distances on the centroids' grid are less than 2^60, so that sums of several
  /// fit in 64 bits.
  package var largestDepth: Int {
    let side = (maxval + 1) << Centroids.standardFractionBits
    return (1 << 60) / (side * side)
  }
}
