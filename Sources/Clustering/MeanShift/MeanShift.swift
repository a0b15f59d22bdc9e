import Memory
import Workers

/// Clusters points around the modes of their density.
///
/// Each position moves repeatedly to the mean of all points within the bandwidth, until it reaches a mode. This is the
/// mean shift of Epanechnikov's density estimate. The initial positions are the means of tree nodes with a diagonal of
/// at most half a bandwidth. If these are too many, they are the cells of a coreset, so that the time is bounded for
/// every bandwidth. Modes are found in two passes. In the first, nodes with a diagonal of up to a quarter of the
/// bandwidth count as one point, in the second only nodes up to a sixteenth.
///
/// Comaniciu and Meer, "Mean shift: a robust approach toward feature space analysis", IEEE PAMI 24(5), 2002.
package struct MeanShift {
  /// The radius within which points count, on the scale 0...1 of the grid.
  package let bandwidth: Double

  /// Maximum number of threads, at least 1. The result does not depend on it.
  package let threadCount: Int

  package init(bandwidth: Double, threadCount: Int) {
    self.bandwidth = bandwidth
    self.threadCount = threadCount
  }

  /// Maximum number of initial positions, and so of modes.
  package static let startLimit = 4096

  /// Maximum number of shifts of a position in a pass. Few positions need a quarter of this number.
  private static let shiftLimit = 200

  /// Finds the modes and assigns each point to the nearest.
  ///
  /// Of modes within a bandwidth of each other, the one with the largest weight around it is kept. A mode that is
  /// nearest to no point after rounding is dropped.
  ///
  /// - Parameters:
  ///   - forest: The points.
  ///   - rounding: Rounds the modes to places that can be written; nil rounds them to the points' grid.
  /// - Returns: The modes and their clusters; `course` is nil.
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
    // The largest possible squared distance.
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

  /// The means of the largest nodes with a diagonal of at most half a bandwidth. If these are too many, the means of
  /// the cells of a coreset.
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

  /// How precisely modes are found.
  private struct Pace {
    /// The squared bandwidth divided by the squared diagonal of the largest node that counts as one point.
    let grain: Int
    /// The squared bandwidth divided by the largest squared shift that ends the climb.
    let step: Int

    static let rough = Pace(grain: 16, step: 1024)
    static let precise = Pace(grain: 256, step: .max)
  }

  /// Shifts a position to the mean of the points within the bandwidth until the shift is small.
  ///
  /// - Returns: The weight of these points.
  private func climb<Scalar: ExactScalar>(
    _ place: UnsafeMutablePointer<Int32>, _ density: DensityTree<Scalar>, _ square: Int, _ pace: Pace,
    _ sums: UnsafeMutablePointer<Int>
  ) -> Int {
    for _ in 0..<Self.shiftLimit {
      let ball = DensityTree<Scalar>.Ball(middle: place, square: square, grain: square / pace.grain)
      density.sum(ball, into: sums)
      // A position that is the mean of a cell may have no point within the bandwidth.
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

  /// Keeps the positions of largest weight such that no two are within a bandwidth of each other.
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
