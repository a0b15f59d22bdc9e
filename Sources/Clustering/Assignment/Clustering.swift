import Memory

/// The result of a clustering: positions on the points' grid, and the position of each point.
package struct Clustering {
  /// The positions. Without a lattice, they are distinct and in lexicographic order. With a lattice, they are in the
  /// order of `places`, and several may be equal (see `LatticeEntries`).
  package let positions: Centroids

  /// The number of each point's position: the nearest of those to which the point may be assigned. Of equally near
  /// positions, the one with the lowest number is taken.
  package let labels: Storage<UInt32>

  /// For each position, the weight of its points, then the weighted sum of each coordinate.
  let clusters: Storage<Int>

  /// The weighted sum of squared distances of the points from their positions.
  package let inertia: Int128

  /// The lattice place of each position, in lexicographic order; nil if there is no lattice.
  package var places: Places?

  /// How k-means found the positions; nil for other methods.
  package var course: Course?

  /// The best run of k-means.
  package struct Course {
    /// The number of the run, from 1.
    package var run: Int
    /// Inertia after each of Lloyd's iterations, before rounding, in units of the points' grid squared.
    package var history: [Double]
    /// Why the iteration ended.
    package var ending: StopReason
    /// Whether the inertia is the lowest possible for this number of positions.
    package var isOptimal = false

    /// Whether the iteration ended before the iteration limit.
    package var isConverged: Bool { ending != .iterationLimit }
  }

  /// The weight of the points at a position.
  package func weight(_ position: Int) -> Int {
    clusters.elements[position * (positions.dimension + 1)]
  }
}
