/// Chooses the initial centroids of k-means, except the fixed ones.
struct Start<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>

  /// Number of centroids to choose, fewer than points.
  let count: Int

  /// Positions of fixed centroids on the points' grid; nil is none. K-means++ and maximin treat them as already chosen.
  var fixed: Centroids?

  private var points: Points { tree.points }

  /// Chooses centroids with one of the methods.
  ///
  /// - Throws: `OutOfMemory`.
  func centroids(
    _ method: StartMethod, using generator: inout some RandomNumberGenerator
  ) throws -> Centroids {
    switch method {
    case .random: return try random(using: &generator)
    case .pixels: return try pixels(using: &generator)
    case .kMeansPlusPlus: return try kMeansPlusPlus(using: &generator)
    case .wu: return try bipartition(points, count: count)
    case .maximin: return try maximin()
    }
  }

  /// Chooses distinct positions on the points' grid, uniformly in the cube `0...upperBound`.
  private func random(using generator: inout some RandomNumberGenerator) throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: points.dimension)
    let drawn = try DistinctCentroids(centroids)
    while drawn.count < count {
      let position = centroids.position(drawn.count)
      for plane in 0..<points.dimension {
        let coordinate = generator.draw(below: UInt64(points.upperBound + 1))
        position[plane] = Int32(truncatingIfNeeded: coordinate) << centroids.fractionBits
      }
      drawn.keepNext()
    }
    return centroids
  }

  /// Chooses the points of random pixels, without repetition.
  private func pixels(using generator: inout some RandomNumberGenerator) throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: points.dimension)
    var draw = try WeightedDraw(points.weights, count: points.count)
    for centroid in 0..<count {
      centroids.place(centroid, on: draw.draw(using: &generator), of: points)
    }
    return centroids
  }

  /// Chooses points by greedy k-means++.
  ///
  /// The first point is drawn with probability proportional to its weight. For each further point, 2 + ln *count*
  /// candidates are drawn with probability proportional to their weighted squared distance from the nearest chosen
  /// point. The candidate that lowers the sum of these distances most is kept. If there are fixed centroids, the first
  /// point is drawn like the further ones.
  ///
  /// Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 2.2. The conclusion
  /// of the paper proposes several candidates; their number is that of scikit-learn.
  ///
  /// - Complexity: O(*n* x *count* x log *count*)
  private func kMeansPlusPlus(using generator: inout some RandomNumberGenerator) throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: points.dimension)
    var first = try WeightedDraw(points.weights, count: points.count)
    let distances = try distancesFromFixed()
    var chosen = first.draw(using: &generator)
    for centroid in 0..<count {
      if centroid > 0 || fixed != nil {
        chosen = bestDraw(from: distances, using: &generator)
      }
      centroids.place(centroid, on: chosen, of: points)
      distances.choose(chosen)
    }
    return centroids
  }

  /// The distance of each point from the nearest fixed centroid; infinite if there is none.
  private func distancesFromFixed() throws -> NearestDistances<Scalar> {
    let distances = try NearestDistances(tree)
    if let fixed {
      for number in 0..<fixed.count {
        distances.choose(at: fixed.position(number))
      }
    }
    return distances
  }

  /// Draws candidates with probability proportional to their weighted squared distance and returns the one that lowers
  /// the sum of these distances most.
  private func bestDraw(
    from distances: NearestDistances<Scalar>, using generator: inout some RandomNumberGenerator
  ) -> Int {
    var best = 0
    var lowest = Double.infinity
    let total = distances.total
    for _ in 0..<candidateCount {
      let candidate = distances.point(at: generator.drawFraction() * total)
      let rest = distances.total(with: candidate)
      if rest < lowest {
        lowest = rest
        best = candidate
      }
    }
    return best
  }

  /// 2 + ln *count*, rounded down. It is computed from powers of e, since logarithms may differ between machines.
  private var candidateCount: Int {
    var candidates = 2
    var power = 2.718281828459045
    while power <= Double(count) {
      candidates += 1
      power *= 2.718281828459045
    }
    return candidates
  }

  /// Chooses points, each the one farthest from those already chosen.
  ///
  /// The first is the point farthest from the fixed centroids or, if there are none, from the mean of all points.
  ///
  /// Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical Computer Science 38, 1985.
  ///
  /// - Complexity: O(*n* x *count*)
  private func maximin() throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: points.dimension)
    guard let sums = tree.sums.elements.baseAddress else { preconditionFailure("storage is never empty") }
    centroids.place(0, onMeanOf: sums)
    var chosen = 0
    var largest = -1
    for point in 0..<points.count {
      let square = points.squaredDistance(
        point, to: centroids.position(0), fractionBits: centroids.fractionBits)
      if square > largest {
        largest = square
        chosen = point
      }
    }
    let distances = try distancesFromFixed()
    if fixed != nil {
      chosen = distances.farthest()
    }
    for centroid in 0..<count {
      centroids.place(centroid, on: chosen, of: points)
      distances.choose(chosen)
      chosen = distances.farthest()
    }
    return centroids
  }
}
