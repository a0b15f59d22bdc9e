/// Some clusters of a coreset taken out, with room for a centroid more or less, to see what they come to by
/// themselves.
///
/// What is found bounds the inertia of the whole from above: cells outside can only gain from centroids that moved,
/// and cells inside from those outside.
package final class Neighborhood {
  typealias Vector = SIMD8<Float>

  private let dimension: Int
  private let cellCapacity: Int
  private let centroidCapacity: Int
  private let planes: Storage<Float>
  private let weights: Storage<Float>
  private let centroids: Storage<Float>
  private let winners: Storage<UInt32>

  /// For each centroid the weight of its cells, then the weighted sum of each coordinate.
  private let sums: Storage<Float>

  private var cellCount = 0
  package private(set) var centroidCount = 0

  /// - Throws: `QuantizationError.outOfMemory`.
  package init(dimension: Int, cellCapacity: Int, centroidCapacity: Int) throws {
    self.dimension = dimension
    self.cellCapacity = (cellCapacity + 7) / 8 * 8
    self.centroidCapacity = centroidCapacity
    planes = try Storage(count: dimension * self.cellCapacity)
    weights = try Storage(count: self.cellCapacity)
    centroids = try Storage(count: dimension * centroidCapacity)
    sums = try Storage(count: (dimension + 1) * centroidCapacity)
    winners = try Storage(count: 8)
  }

  /// Takes out everything.
  package func clear() {
    cellCount = 0
    centroidCount = 0
  }

  /// Adds cells, given by their numbers.
  package func add(_ numbers: UnsafeBufferPointer<Int32>, of cells: Coreset) {
    for (index, number) in numbers.enumerated() {
      let place = cellCount &+ index
      weights.base[place] = cells.weights.base[Int(number)]
      for plane in 0..<dimension {
        planes.base[plane &* cellCapacity &+ place] =
          cells.planes.base[plane &* cells.stride &+ Int(number)]
      }
    }
    cellCount += numbers.count
  }

  /// Adds a centroid whose coordinates are `stride` apart.
  package func addCentroid(_ position: UnsafePointer<Float>, stride: Int) {
    for plane in 0..<dimension {
      centroids.base[plane * centroidCapacity + centroidCount] = position[plane * stride]
    }
    centroidCount += 1
  }

  /// One coordinate of a centroid.
  package func coordinate(_ plane: Int, of centroid: Int) -> Float {
    centroids.base[plane * centroidCapacity + centroid]
  }

  /// Iterates from the centroids added.
  ///
  /// - Parameters:
  ///   - iterations: At the most, at least 1.
  ///   - relaxation: By which part of the way centroids move to their means.
  ///   - bound: Inertia that is to be got below; it gives up once that seems out of reach.
  ///   - patience: How many times the last iteration's gain is still hoped for.
  /// - Returns: The inertia reached, or infinity if it gave up.
  package func settle(iterations: Int, relaxation: Float, bound: Float, patience: Float) -> Float {
    for place in cellCount..<(cellCount + 7) / 8 * 8 {
      weights.base[place] = 0
      for plane in 0..<dimension {
        planes.base[plane &* cellCapacity &+ place] = 0
      }
    }
    var reached = dimension == 3 ? assignTriples() : assign()
    for _ in 1..<max(iterations, 1) {
      move(relaxation)
      let inertia = dimension == 3 ? assignTriples() : assign()
      if inertia - patience * (reached - inertia) > bound { return .infinity }
      reached = inertia
    }
    return reached
  }

  private func move(_ relaxation: Float) {
    for centroid in 0..<centroidCount {
      let sum = sums.base + centroid * (dimension + 1)
      guard sum[0] > 0 else { continue }
      for plane in 0..<dimension {
        let place = plane * centroidCapacity + centroid
        centroids.base[place] += relaxation * (sum[plane + 1] / sum[0] - centroids.base[place])
      }
    }
  }

  /// Assigns the cells, adds up the clusters and returns the inertia.
  private func assign() -> Float {
    sums.base.update(repeating: 0, count: (dimension + 1) * centroidCount)
    var total = RunningTotal()
    for start in stride(from: 0, to: cellCount, by: 8) {
      var best = Vector(repeating: .infinity)
      var tags = Vector(repeating: 0)
      for centroid in 0..<centroidCount {
        var sum = Vector(repeating: 0)
        for plane in 0..<dimension {
          let difference =
            load(planes.base + (plane &* cellCapacity &+ start))
            - centroids.base[plane &* centroidCapacity &+ centroid]
          sum += difference * difference
        }
        Float.keepLower(sum, Float.tag(centroid), in: &best, &tags)
      }
      total.add(best * load(weights.base + start))
      UnsafeMutableRawPointer(winners.base).storeBytes(of: tags, as: Vector.self)
      for lane in 0..<8 {
        let sum = sums.base + Int(winners.base[lane]) &* (dimension + 1)
        let weight = weights.base[start + lane]
        sum[0] += weight
        for plane in 0..<dimension {
          sum[plane &+ 1] += weight * planes.base[plane &* cellCapacity &+ start &+ lane]
        }
      }
    }
    return total.value
  }

  /// `assign` for three dimensions, where the search spends most of its time.
  private func assignTriples() -> Float {
    let (x, y, z) = (planes.base, planes.base + cellCapacity, planes.base + 2 * cellCapacity)
    let (a, b, c) = (centroids.base, centroids.base + centroidCapacity, centroids.base + 2 * centroidCapacity)
    let (w, winners, centroidCount) = (weights.base, self.winners.base, self.centroidCount)
    let sums = UnsafeMutableRawPointer(self.sums.base).assumingMemoryBound(to: SIMD4<Float>.self)
    sums.update(repeating: SIMD4(), count: centroidCount)
    var total = RunningTotal()
    for start in stride(from: 0, to: cellCount, by: 8) {
      let (px, py, pz) = (load(x + start), load(y + start), load(z + start))
      var best = Vector(repeating: .infinity)
      var tags = Vector(repeating: 0)
      for centroid in 0..<centroidCount {
        let dx = px - a[centroid]
        let dy = py - b[centroid]
        let dz = pz - c[centroid]
        Float.keepLower(dx * dx + dy * dy + dz * dz, Float.tag(centroid), in: &best, &tags)
      }
      total.add(best * load(w + start))
      UnsafeMutableRawPointer(winners).storeBytes(of: tags, as: Vector.self)
      for lane in 0..<8 {
        let place = start &+ lane
        sums[Int(winners[lane])] += SIMD4(1, x[place], y[place], z[place]) * w[place]
      }
    }
    return total.value
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}

/// A sum of many vectors, added up in Double every so often, so that small gains are not lost in what rounding adds.
private struct RunningTotal {
  private var recent = SIMD8<Float>(repeating: 0)
  private var count = 0
  private var sum = 0.0

  @inline(__always)
  mutating func add(_ vector: SIMD8<Float>) {
    recent += vector
    count &+= 1
    if count == 32 {
      sum += Double(recent.sum())
      recent = SIMD8(repeating: 0)
      count = 0
    }
  }

  var value: Float { Float(sum + Double(recent.sum())) }
}
