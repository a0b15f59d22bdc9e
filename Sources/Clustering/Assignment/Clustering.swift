import Memory

/// A palette on the points' grid and what became of the points.
package struct Clustering {
  /// The positions of the palette, distinct and in lexicographic order.
  package let positions: Centroids

  /// For each point the number of its position: the nearest, of equals the first.
  package let labels: Storage<UInt32>

  /// For each position the weight of its points, then the weighted sum of each coordinate.
  let clusters: Storage<Int>

  /// The weighted sum of squared distances of the points from their positions.
  package let inertia: Int128

  /// The places of a lattice at the positions; nil where the positions are on the points' own grid.
  package var places: Places?

  /// How the palette was reached; nil where every point is a position of its own.
  package var course: Course?

  /// The run of Lloyd's iteration behind a palette.
  package struct Course {
    /// The number of the run, from 1.
    package var run: Int
    /// Inertia after each of Lloyd's iterations, before rounding.
    package var history: [Double]
    /// What ended the iteration.
    package var ending: StopReason
    /// Whether no palette of as many positions has a lower inertia, of those that there can be.
    package var isOptimal = false

    /// Whether the iteration came to its end by itself.
    package var isConverged: Bool { ending != .iterationLimit }
  }

  /// The weight of a position's points.
  package func weight(_ position: Int) -> Int {
    clusters.elements[position * (positions.dimension + 1)]
  }
}
