import Memory
import Workers

/// Clusters points around the modes of their density: the places towards which the mean of the neighborhood leads.
///
/// Comaniciu and Meer, "Mean shift: a robust approach toward feature space analysis", IEEE PAMI 24(5), 2002, with the
/// kernel that makes the mean of all points within the bandwidth the next place (that of Epanechnikov's density
/// estimate). It starts from places half a bandwidth apart or, if those were too many, from the cells of a coreset, so
/// its time is bounded whatever the bandwidth. At first it goes roughly, looking at points within a quarter of the
/// bandwidth as one; the modes it is left with are then found precisely.
package struct MeanShift {
  /// How far the neighborhood of a place reaches, on the 0...1 scale of samples.
  package let bandwidth: Double

  /// Threads that may work at a time, at least 1. Changes only the time taken.
  package let threadCount: Int

  package init(bandwidth: Double, threadCount: Int) {
    self.bandwidth = bandwidth
    self.threadCount = threadCount
  }

  /// Places to start from at the most, and so the most modes that are found.
  package static let startLimit = 4096

  /// Shifts of a place at the most; hardly one takes a quarter of them.
  private static let shiftLimit = 200

  /// Finds the modes and gives each point to the nearest.
  ///
  /// Of modes closer together than the bandwidth the one with the most weight around it stays. A mode to which no
  /// point is nearest once it is rounded is dropped.
  ///
  /// - Parameters:
  ///   - forest: The points.
  ///   - rounding: Makes a palette of the modes; nil rounds to the points' grid.
  /// - Returns: The modes and their clusters; without a course.
  /// - Throws: `OutOfMemory`.
  package func cluster(
    _ forest: AnyPointTree, rounding: (any Rounding)? = nil
  ) throws -> Clustering {
    switch forest {
    case .float(let tree): try cluster(tree, rounding)
    case .double(let tree): try cluster(tree, rounding)
    }
  }

  private func cluster<Scalar: ExactScalar>(
    _ tree: PointTree<Scalar>, _ rounding: (any Rounding)?
  ) throws -> Clustering {
    let side = tree.points.upperBound << Centroids.standardFractionBits
    let radius = (bandwidth * Double(side)).rounded()
    // No two places are farther apart than this.
    let farthest = side * side * tree.points.dimension
    let square = radius * radius < Double(farthest) ? Int(radius) * Int(radius) : farthest
    let density = try DensityTree(tree)
    var modes = try starts(density, square)
    let weights = try Storage<Int>(count: modes.count)
    let spare = try (0..<threadCount).map { _ in try Storage<Int>(count: tree.items) }
    for pace in [Pace.rough, .precise] {
      withWorkers(threadCount, sharing: modes.count) { worker, mode in
        weights.base[mode] = climb(modes.position(mode), density, square, pace, spare[worker].base)
      }
      modes = try distinct(modes, weights, square)
    }
    return try rounding?.clusteringInUse(from: modes)
      ?? GridRounding(assigner: Assigner(tree, threadCount: threadCount), count: modes.count)
      .clusteringInUse(from: modes)
  }

  /// The means of the largest nodes of at most half a bandwidth, or of the cells of a coreset, on the fine grid.
  private func starts<Scalar: ExactScalar>(
    _ density: DensityTree<Scalar>, _ square: Int
  ) throws -> Centroids {
    let tree = density.tree
    if let parts = try density.parts(ofDiagonal: square / 4, leaves: square / 4, limit: Self.startLimit) {
      let starts = try Centroids(count: parts.count, dimension: tree.points.dimension)
      for (number, part) in parts.enumerated() {
        density.mean(of: part, into: starts.position(number))
      }
      return starts
    }
    let cells = try Coreset(tree, count: min(Self.startLimit, tree.points.count))
    let starts = try Centroids(count: cells.count, dimension: cells.dimension)
    let middle = Float(gridMiddle(upperBound: tree.points.upperBound))
    let unit = Float(1 << starts.fractionBits)
    for cell in 0..<cells.count {
      for plane in 0..<cells.dimension {
        let coordinate = cells.planes.base[plane * cells.stride + cell] + middle
        starts.position(cell)[plane] = Int32((coordinate * unit).rounded())
      }
    }
    return starts
  }

  /// How precisely a mode is looked for.
  private struct Pace {
    /// The part of the bandwidth, squared, within which points are looked at as one.
    let grain: Int
    /// The part of the bandwidth, squared, by which a place has to move to be shifted again.
    let step: Int

    static let rough = Pace(grain: 16, step: 1024)
    static let precise = Pace(grain: 256, step: .max)
  }

  /// Shifts a place to the mean of the points around it until it stays; returns the weight around it.
  private func climb<Scalar: ExactScalar>(
    _ place: UnsafeMutablePointer<Int32>, _ density: DensityTree<Scalar>, _ square: Int, _ pace: Pace,
    _ sums: UnsafeMutablePointer<Int>
  ) -> Int {
    for _ in 0..<Self.shiftLimit {
      let ball = DensityTree<Scalar>.Ball(middle: place, square: square, grain: square / pace.grain)
      density.sum(ball, into: sums)
      // A place between points of a cell may have none around it.
      guard sums[0] > 0 else { return 0 }
      var moved = 0
      for plane in 0..<density.tree.points.dimension {
        let mean = roundedQuotient(
          sums[plane + 1], sums[0], fractionBits: Centroids.standardFractionBits)
        let way = mean - Int(place[plane])
        moved += way * way
        place[plane] = Int32(truncatingIfNeeded: mean)
      }
      if moved <= square / pace.step { break }
    }
    return sums[0]
  }

  /// The places of most weight, none within the bandwidth of another.
  private func distinct(_ places: Centroids, _ weights: Storage<Int>, _ square: Int) throws -> Centroids {
    let order = try GrowingStorage(0..<places.count)
    try order.sort {
      weights.base[$0] != weights.base[$1]
        ? weights.base[$0] > weights.base[$1] : places.compare($0, $1) < 0
    }
    var kept = try GrowingStorage<Int>()
    for place in order {
      let isFar = kept.allSatisfy { other in
        var sum = 0
        for plane in 0..<places.dimension {
          let way = Int(places.position(place)[plane]) - Int(places.position(other)[plane])
          sum += way * way
        }
        return sum > square
      }
      if isFar { try kept.append(place) }
    }
    return try places.selecting(kept)
  }
}
