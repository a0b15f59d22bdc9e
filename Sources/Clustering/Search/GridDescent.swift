import Memory

/// Moves the positions of a rounded palette by single steps of the grid while that lowers inertia.
///
/// Rounding each centroid separately misses lower inertias, since neighboring roundings can compensate each other. The
/// inertia after a step is computed from the two nearest positions of each point, which is an upper bound.
package final class GridDescent {
  typealias Vector = SIMD8<Float>

  /// The palette and the cells it is judged by.
  private let clusters: CoresetClusters
  private var dimension: Int { clusters.cells.dimension }

  /// The points by the positions that are nearest or second nearest to them: those of position k begin at
  /// `starts[k]` in `order`.
  private let order: Storage<Int32>
  private let starts: Storage<Int>

  // Of the points of one position: their weights, their present cost, their squared distances from the position
  // and from the other one of their two, and the way from the position to them, plane by plane.
  private let weights: Storage<Float>
  private let costs: Storage<Float>
  private let own: Storage<Float>
  private let other: Storage<Float>
  private let ways: Storage<Float>
  private let capacity: Int

  /// The positions whose points changed in the last sweep, and in this one.
  private let isActive: Storage<Bool>
  private let isTouched: Storage<Bool>

  /// - Parameter clusters: Whole numbers for positions; cells that are points, or small enough.
  /// - Throws: `OutOfMemory`.
  package init(_ clusters: CoresetClusters) throws {
    self.clusters = clusters
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

  /// Sweeps over the positions that are not fixed until none moves.
  ///
  /// - Parameter sweepLimit: Sweeps at the most.
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

  /// Moves one position to where no step of it helps; marks it and those whose points changed.
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
        own.base[place] += 1 - 2 * step * ways[place]
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

  /// The step of the position that lowers inertia most, if one does.
  private func bestStep(of position: Int, _ count: Int, _ leastGain: Double) -> (plane: Int, step: Float)? {
    var best: (plane: Int, step: Float)?
    var lowest = -leastGain
    for plane in 0..<dimension {
      let (up, down) = changes(plane, count)
      let coordinate = clusters.centroids.base[plane * clusters.stride + position]
      if up < lowest && coordinate < clusters.cells.bounds.upperBound {
        lowest = up
        best = (plane, 1)
      }
      if down < lowest && coordinate > clusters.cells.bounds.lowerBound {
        lowest = down
        best = (plane, -1)
      }
    }
    return best
  }

  /// The least gain that counts: half of what whole numbers allow, and more than rounding may add to the sums, so that
  /// no position goes back and forth.
  private func leastGain(_ count: Int) -> Double {
    var cost = 0.0
    for place in 0..<count {
      cost += Double(weights.base[place] * costs.base[place])
    }
    return max(0.5, 1e-5 * cost)
  }

  /// Steps of a position in a sweep at the most.
  private static let stepLimit = 64

  /// By how much inertia changes when the position goes one step up or down across a plane.
  private func changes(_ plane: Int, _ count: Int) -> (up: Double, down: Double) {
    let ways = self.ways.base + plane * capacity
    var change = (up: 0.0, down: 0.0)
    // Added up in Double every so often, which keeps the sums as good as exact.
    let run = 256
    for first in stride(from: 0, to: count, by: run) {
      var ups = Vector(repeating: 0)
      var downs = Vector(repeating: 0)
      for place in stride(from: first, to: min(first + run, count), by: 8) {
        let weight = load(weights.base + place)
        let cost = load(costs.base + place)
        let middle = load(own.base + place) + 1
        let rival = load(other.base + place)
        let tilt = load(ways + place) * 2
        ups += (Float.lesser(middle - tilt, rival) - cost) * weight
        downs += (Float.lesser(middle + tilt, rival) - cost) * weight
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
