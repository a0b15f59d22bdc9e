import Clustering

extension TupleLayout {
  /// The largest depth for which squared distances on the centroids' grid are less than 2^60, so that the sum of a few
  /// squared distances fits in 64 bits.
  package var largestDepth: Int {
    let side = (maxval + 1) << Centroids.standardFractionBits
    return (1 << 60) / (side * side)
  }
}
