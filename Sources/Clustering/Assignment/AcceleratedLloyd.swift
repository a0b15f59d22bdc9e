import Memory

/// Lloyd's iteration with momentum, which converges in a fraction of the iterations.
///
/// Each iteration assigns the points to centroids that lie beyond the last means, in the direction of the last move. The
/// momentum grows from iteration to iteration. If an iteration does not lower inertia, the next one starts again from
/// the last means, without momentum. If that one does not lower inertia either, the iteration ends.
///
/// Nesterov, "A method for solving a convex programming problem with convergence rate O(1/k^2)", Soviet Mathematics
/// Doklady 27, 1983. O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes", Foundations of
/// Computational Mathematics 15, 2015. They accelerate gradient descents. Lloyd's iteration is one: see Bottou and
/// Bengio, "Convergence properties of the k-means algorithms", NIPS 1994.
package struct AcceleratedLloyd<Scalar: ExactScalar> {
  private let assigner: Assigner<Scalar>
  private let isFixed: (Int) -> Bool
  private let iterationLimit: Int?
  private let leastGain: Double
  private let tolerance: Double

  /// - Parameters:
  ///   - assigner: The points.
  ///   - iterationLimit: Maximum number of iterations that lower inertia, 0 or more; nil is no limit.
  ///   - leastGain: The part of the inertia by which an iteration has to lower it for another one to follow.
  ///   - tolerance: The iteration ends when no mean is farther than this from its centroid in a coordinate, in units of
  ///     the points' grid.
  ///   - isFixed: Whether a centroid never moves.
  package init(
    _ assigner: Assigner<Scalar>, iterationLimit: Int? = nil, leastGain: Double = 0, tolerance: Double,
    isFixed: @escaping (Int) -> Bool
  ) {
    self.assigner = assigner
    self.leastGain = leastGain
    self.iterationLimit = iterationLimit
    self.tolerance = tolerance
    self.isFixed = isFixed
  }

  /// Iterates from `start`.
  ///
  /// - Parameters:
  ///   - start: At least one centroid.
  ///   - progress: Called after each iteration that lowers inertia, with their number so far.
  /// - Returns: The last means, in the order of `start`, their inertias, and why the iteration ended. The reason is
  ///   `iterationLimit` also if the last gain was too small. A centroid without points stays at its
  ///   last mean.
  /// - Throws: `OutOfMemory`.
  package func run(from start: Centroids, progress: (Int) -> Void = { _ in }) throws -> LloydOutcome {
    let centroids = try start.copied()
    var (means, nextMeans, lastMeans) = (try start.copied(), try start.copied(), try start.copied())
    var outcome = LloydOutcome(centroids: means)
    var momentumCount = 0
    while outcome.history.count < iterationLimit ?? Int.max && outcome.ending == .iterationLimit {
      let clusters = try assigner.assign(to: centroids)
      let movement = moveToMeans(nextMeans, from: centroids, clusters, unlessEmpty: means)
      let inertia = assigner.inertia(clusters, nextMeans)
      if let last = outcome.history.last, inertia >= last {
        if momentumCount == 0 { outcome.ending = .settled }
        momentumCount = 0
        centroids.copy(means)
        continue
      }
      let isGainLittle = outcome.history.last.map { Double($0 - inertia) < leastGain * Double($0) } ?? false
      outcome.history.append(inertia)
      progress(outcome.history.count)
      (lastMeans, means, nextMeans) = (means, nextMeans, lastMeans)
      if movement == 0 {
        outcome.ending = .settled
      } else if Double(movement) <= tolerance * Double(1 << start.fractionBits) {
        outcome.ending = .withinTolerance
      }
      if isGainLittle { break }
      momentumCount += 1
      extrapolate(centroids, from: lastMeans, over: means, by: Self.momentum(momentumCount))
    }
    outcome.centroids = means
    return outcome
  }

  /// The part of the last move by which centroids lie beyond the means: a half after the first of a series of iterations
  /// that lower inertia, nearly 1 after many.
  private static func momentum(_ iteration: Int) -> Double {
    Double(iteration + 2) / Double(iteration + 5)
  }

  /// Stores the means of the clusters. Fixed centroids and those without points keep their last means.
  ///
  /// - Returns: The largest distance of a mean from its centroid in one coordinate, in units of the centroids' grid.
  private func moveToMeans(
    _ means: Centroids, from centroids: Centroids, _ clusters: Storage<Int>, unlessEmpty lastMeans: Centroids
  ) -> Int {
    var largest = 0
    means.copy(lastMeans)
    for centroid in 0..<centroids.count {
      let cluster = clusters.base + centroid * (centroids.dimension + 1)
      if cluster[0] > 0 && !isFixed(centroid) {
        means.position(centroid).update(from: centroids.position(centroid), count: centroids.dimension)
        largest = max(largest, means.place(centroid, onMeanOf: cluster))
      }
    }
    return largest
  }

  /// Moves the centroids beyond the means, but not out of the points' grid.
  private func extrapolate(
    _ centroids: Centroids, from lastMeans: Centroids, over means: Centroids, by momentum: Double
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
  fileprivate func copied() throws -> Centroids {
    let copied = try Centroids(
      count: count, dimension: dimension, fractionBits: fractionBits, fixedCount: fixedCount)
    copied.copy(self)
    return copied
  }

  /// Moves all centroids to the positions of others.
  fileprivate func copy(_ others: Centroids) {
    coordinates.base.update(from: others.coordinates.base, count: coordinates.elements.count)
  }
}
