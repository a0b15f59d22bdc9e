import Memory

/// Lloyd's iteration with momentum, for centroids that take hundreds of iterations to settle.
///
/// Each iteration assigns the points to centroids that lie beyond the last means, in the direction of the last move. The
/// momentum grows from iteration to iteration. If inertia rises, the iteration goes back to the last means and starts
/// without momentum.
///
/// Nesterov, "A method for solving a convex programming problem with convergence rate O(1/k^2)", Soviet Mathematics
/// Doklady 27, 1983. O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes", Foundations of
/// Computational Mathematics 15, 2015. K-means is a descent of this kind: Bottou and Bengio, "Convergence properties of
/// the k-means algorithms", NIPS 1994.
package struct AcceleratedLloyd<Scalar: ExactScalar> {
  private let assigner: Assigner<Scalar>

  /// Whether a centroid never moves.
  private let isFixed: (Int) -> Bool

  package init(assigner: Assigner<Scalar>, isFixed: @escaping (Int) -> Bool) {
    self.assigner = assigner
    self.isFixed = isFixed
  }

  /// Iterates until no mean is farther than half a unit of the points' grid from its centroid, in each coordinate.
  ///
  /// - Parameter start: Positions on the points' grid.
  /// - Returns: The means, in the order of `start`. Those without points are where their centroids are. Inertia is at
  ///   most that of `start`.
  /// - Throws: `OutOfMemory`.
  package func run(from start: Centroids) throws -> Centroids {
    var centroids = try start.refined()
    var (means, lastMeans) = (try start.refined(), try start.refined())
    var lowest = Int128.max
    var iteration = 0
    while true {
      let clusters = try assigner.assign(to: centroids)
      let inertia = assigner.inertia(clusters, centroids)
      if inertia > lowest && iteration > 0 {
        centroids.coordinates.base.update(
          from: means.coordinates.base, count: means.coordinates.elements.count)
        iteration = 0
        continue
      }
      lowest = inertia
      swap(&means, &lastMeans)
      guard moveToMeans(means, from: centroids, clusters) > 1 << centroids.fractionBits / 2 else {
        return means
      }
      iteration += 1
      extrapolate(into: &centroids, from: lastMeans, over: means, by: Self.momentum(iteration))
    }
  }

  /// The part of the last move that is added to the means; 0 in the first iteration, nearly 1 after many.
  private static func momentum(_ iteration: Int) -> Double {
    Double(iteration - 1) / Double(iteration + 2)
  }

  /// Stores the means of the clusters.
  ///
  /// - Returns: The largest distance of a mean from its centroid in one coordinate.
  private func moveToMeans(_ means: Centroids, from centroids: Centroids, _ clusters: Storage<Int>) -> Int {
    var largest = 0
    for centroid in 0..<centroids.count {
      means.position(centroid).update(from: centroids.position(centroid), count: centroids.dimension)
      let cluster = clusters.base + centroid * (centroids.dimension + 1)
      if cluster[0] > 0 && !isFixed(centroid) {
        largest = max(largest, means.place(centroid, onMeanOf: cluster))
      }
    }
    return largest
  }

  /// Moves the centroids beyond the means, but not out of the points' grid.
  private func extrapolate(
    into centroids: inout Centroids, from lastMeans: Centroids, over means: Centroids, by momentum: Double
  ) {
    let largest = Double(assigner.tree.points.upperBound << centroids.fractionBits)
    for place in 0..<means.coordinates.elements.count {
      let (last, mean) = (Double(lastMeans.coordinates.base[place]), Double(means.coordinates.base[place]))
      let coordinate = (mean + momentum * (mean - last)).rounded()
      centroids.coordinates.base[place] = Int32(min(max(coordinate, 0), largest))
    }
  }
}

extension Centroids {
  /// The same positions, on the points' grid, with fractional bits.
  fileprivate func refined() throws -> Centroids {
    precondition(fractionBits == 0)
    let refined = try Centroids(count: count, dimension: dimension)
    for place in 0..<coordinates.elements.count {
      refined.coordinates.base[place] = coordinates.base[place] << Int32(refined.fractionBits)
    }
    return refined
  }
}
