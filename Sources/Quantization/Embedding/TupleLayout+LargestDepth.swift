import Clustering

extension TupleLayout {
  /// The most planes whose squared distances, on the grid of the centroids, add up to less than 2^60: some are added
  /// to each other in 64 bits.
  package var largestDepth: Int {
    let side = (maxval + 1) << Centroids.standardFractionBits
    return (1 << 60) / (side * side)
  }
}
