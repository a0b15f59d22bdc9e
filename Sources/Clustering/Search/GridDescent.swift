import Memory

/// Moves the positions of a rounded palette step by step on the grid as long as that lowers inertia.
///
/// Rounding each centroid separately does not give the lowest inertia, since the rounding errors of neighbors can
/// compensate each other. The inertia after a step is computed from the two nearest positions of each point before the
/// sweep, so it is an upper bound.
package final class GridDescent {
  typealias Vector = SIMD8<Float>

  /// The positions, and the cells on which inertia is measured.
  private let clusters: CoresetClusters
  private var dimension: Int { clusters.cells.dimension }

  /// The steps from place to place, and the middle of the grid; nil is steps of 1.
  private let steps: (steps: GridSteps, middle: Float)?

  /// The points sorted by position: each is listed at its nearest and at its second nearest position. Those of position
  /// k start at `order[starts[k]]`.
  private let order: Storage<Int32>
  private let starts: Storage<Int>

  // Arrays over the points of the position that is being moved. `costs` is the squared distance from the nearer of the
  // point's two positions, `own` that from the position being moved, `other` that from the other one. `ways` is, plane
  // by plane, the point's coordinates minus those of the position being moved.
  private let weights: Storage<Float>
  private let costs: Storage<Float>
  private let own: Storage<Float>
  private let other: Storage<Float>
  private let ways: Storage<Float>
  private let capacity: Int

  /// Whether the points of each position changed in the last sweep, and in the current one.
  private let isActive: Storage<Bool>
  private let isTouched: Storage<Bool>

  /// - Parameters:
  ///   - clusters: Positions with whole coordinates; cells that are single points or small.
  ///   - steps: The steps from place to place, and the middle of the grid, which `clusters` counts coordinates from;
  ///     nil is steps of 1.
  /// - Throws: `OutOfMemory`.
  package init(_ clusters: CoresetClusters, steps: (steps: GridSteps, middle: Float)? = nil) throws {
    self.clusters = clusters
    self.steps = steps
    let count = clusters.cells.count
    order = try Storage(count: 2 * count)
    starts = try Storage(count: clusters.count + 2)
    capacity = (count + 7) / 8 * 8
    weights = try Storage(count: capacity)
    costs = try Storage(count: capacity)
    own = try Storage(count: capacity)
    other = try Storage(count: capacity)
    ways = try Storage(count: capacity * clusters.cells.dimension)
    isActive = try Storage(count: clusters.count)
    isTouched = try Storage(count: clusters.count)
  }

  /// Sweeps over all positions that are not fixed until a sweep moves none.
  ///
  /// - Parameter sweepLimit: Maximum number of sweeps.
  package func run(sweepLimit: Int) {
    isActive.elements.update(repeating: true)
    for _ in 0..<sweepLimit {
      clusters.assign()
      sortPoints()
      isTouched.elements.update(repeating: false)
      for position in clusters.fixedCount..<clusters.count where isActive.base[position] {
        descend(position)
      }
      guard isTouched.elements.contains(true) else { break }
      isActive.base.update(from: isTouched.base, count: clusters.count)
    }
  }

  private func sortPoints() {
    let starts = self.starts.base
    starts.update(repeating: 0, count: clusters.count + 2)
    for point in 0..<clusters.cells.count {
      starts[Int(clusters.nearest.base[point]) + 2] += 1
      starts[Int(clusters.second.base[point]) + 2] += 1
    }
    for position in 0..<clusters.count {
      starts[position + 2] += starts[position + 1]
    }
    for point in 0..<clusters.cells.count {
      for position in [clusters.nearest.base[point], clusters.second.base[point]] {
        let next = Int(position) + 1
        order.base[starts[next]] = Int32(truncatingIfNeeded: point)
        starts[next] += 1
      }
    }
  }

  /// Moves one position step by step as long as that lowers inertia. If it moves, marks it and the other positions of
  /// its points.
  private func descend(_ position: Int) {
    let points = UnsafeBufferPointer(
      start: order.base + starts.base[position], count: starts.base[position + 1] - starts.base[position])
    gather(points, position)
    var isMoved = false
    let leastGain = self.leastGain(points.count)
    for _ in 0..<Self.stepLimit {
      guard let (plane, step) = bestStep(of: position, points.count, leastGain) else { break }
      isMoved = true
      clusters.centroids.base[plane * clusters.stride + position] += step
      let ways = self.ways.base + plane * capacity
      for place in points.indices {
        own.base[place] += step * step - 2 * step * ways[place]
        ways[place] -= step
        costs.base[place] = min(own.base[place], other.base[place])
      }
    }
    if isMoved {
      isTouched.base[position] = true
      scatter(points, position)
    }
  }

  private func gather(_ points: UnsafeBufferPointer<Int32>, _ position: Int) {
    let cells = clusters.cells
    for (place, point) in points.enumerated() {
      let point = Int(point)
      let isNearest = clusters.nearest.base[point] == Int32(truncatingIfNeeded: position)
      let first = clusters.nearestSquares.base[point]
      let second = clusters.secondSquares.base[point]
      weights.base[place] = cells.weights.base[point]
      costs.base[place] = first
      own.base[place] = isNearest ? first : second
      other.base[place] = isNearest ? second : first
      for plane in 0..<dimension {
        ways.base[plane &* capacity &+ place] =
          cells.planes.base[plane &* cells.stride &+ point]
          - clusters.centroids.base[plane &* clusters.stride &+ position]
      }
    }
    for place in points.count..<(points.count + 7) / 8 * 8 {
      weights.base[place] = 0
    }
  }

  private func scatter(_ points: UnsafeBufferPointer<Int32>, _ position: Int) {
    let number = Int32(truncatingIfNeeded: position)
    for (place, point) in points.enumerated() {
      let point = Int(point)
      let isNearest = clusters.nearest.base[point] == number
      let rival = isNearest ? clusters.second.base[point] : clusters.nearest.base[point]
      let wins = own.base[place] < other.base[place]
      isTouched.base[Int(rival)] = true
      clusters.nearest.base[point] = wins ? number : rival
      clusters.second.base[point] = wins ? rival : number
      clusters.nearestSquares.base[point] = min(own.base[place], other.base[place])
      clusters.secondSquares.base[point] = max(own.base[place], other.base[place])
    }
  }

  /// The step of the position that lowers inertia most; nil if none does.
  private func bestStep(of position: Int, _ count: Int, _ leastGain: Double) -> (plane: Int, step: Float)? {
    var best: (plane: Int, step: Float)?
    var lowest = -leastGain
    for plane in 0..<dimension {
      let (up, down) = stepsAround(position, plane)
      let changes = changes(plane, count, up ?? 0, down ?? 0)
      if let up, changes.up < lowest {
        lowest = changes.up
        best = (plane, up)
      }
      if let down, changes.down < lowest {
        lowest = changes.down
        best = (plane, down)
      }
    }
    return best
  }

  /// The steps of a position up and down in a plane; nil at the ends of the grid.
  private func stepsAround(_ position: Int, _ plane: Int) -> (up: Float?, down: Float?) {
    let coordinate = clusters.centroids.base[plane * clusters.stride + position]
    guard let (steps, middle) = steps else {
      return (
        coordinate < clusters.cells.bounds.upperBound ? 1 : nil,
        coordinate > clusters.cells.bounds.lowerBound ? -1 : nil
      )
    }
    let (up, down) = steps.around(Int32(coordinate + middle), plane: plane)
    return (up.map(Float.init), down.map(Float.init))
  }

  /// The minimum gain of a step, which keeps positions from moving back and forth.
  ///
  /// Exact inertias are whole numbers, so it is one half or, if larger, a bound on the rounding errors.
  private func leastGain(_ count: Int) -> Double {
    var cost = 0.0
    for place in 0..<count {
      cost += Double(weights.base[place] * costs.base[place])
    }
    return max(0.5, 1e-5 * cost)
  }

  /// Maximum number of steps of a position in a sweep.
  private static let stepLimit = 64

  /// The changes of inertia if the position moves by a step up or by another one down in a plane.
  private func changes(_ plane: Int, _ count: Int, _ up: Float, _ down: Float) -> (up: Double, down: Double) {
    let ways = self.ways.base + plane * capacity
    var change = (up: 0.0, down: 0.0)
    // Partial sums are added up in Double, which keeps rounding errors negligible.
    let run = 256
    for first in stride(from: 0, to: count, by: run) {
      var ups = Vector(repeating: 0)
      var downs = Vector(repeating: 0)
      for place in stride(from: first, to: min(first + run, count), by: 8) {
        let weight = load(weights.base + place)
        let cost = load(costs.base + place)
        let (own, rival) = (load(own.base + place), load(other.base + place))
        let tilt = load(ways + place) * 2
        ups += (Float.lesser(own + up * up - tilt * up, rival) - cost) * weight
        downs += (Float.lesser(own + down * down - tilt * down, rival) - cost) * weight
      }
      change.up += Double(ups.sum())
      change.down += Double(downs.sum())
    }
    return change
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
