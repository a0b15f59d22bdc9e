/// Centroids among the cells of a coreset and, for each cell, the two of them that are nearest.
///
/// All in Float and in a fixed order, so that the outcome is the same on every machine and for any number of
/// threads, though not exact: what comes of it is settled on the points themselves.
package final class CoresetClusters {
  typealias Vector = SIMD8<Float>

  package let cells: Coreset

  /// Centroids, at least 2.
  package let count: Int

  /// The centroids, counted from the middle of the grid, plane by plane, `stride` apart.
  package let centroids: Storage<Float>
  package let stride: Int

  /// For each cell the nearest and the second nearest centroid.
  package let nearest: Storage<Int32>
  package let second: Storage<Int32>

  /// For each cell the squared distance from its nearest and from its second nearest centroid.
  package let nearestSquares: Storage<Float>
  package let secondSquares: Storage<Float>

  package let threadCount: Int

  private let scratch: [BlockScratch]
  private let blockInertias: Storage<Float>

  /// What one thread needs to look at a block: the squared distances of all centroids from its middle, and numbers
  /// and positions of those in reach.
  private struct BlockScratch {
    let squares: Storage<Float>
    let numbers: Storage<Int32>
    let positions: Storage<Float>
  }

  /// Reserves room; all centroids are in the middle of the grid.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ cells: Coreset, count: Int, threadCount: Int) throws {
    precondition(count >= 2)
    self.cells = cells
    self.count = count
    self.threadCount = min(threadCount, max(1, cells.count / Self.cellsPerThread))
    let stride = (count + 7) / 8 * 8
    self.stride = stride
    centroids = try Storage(count: cells.dimension * stride)
    nearest = try Storage(count: cells.stride)
    second = try Storage(count: cells.stride)
    nearestSquares = try Storage(count: cells.stride)
    secondSquares = try Storage(count: cells.stride)
    blockInertias = try Storage(count: cells.blockCount)
    scratch = try (0..<self.threadCount).map { _ in
      BlockScratch(
        squares: try Storage(count: stride), numbers: try Storage(count: stride),
        positions: try Storage(count: cells.dimension * stride))
    }
  }

  /// Fewer cells than this are compared sooner than a thread is woken.
  private static let cellsPerThread = 4096

  /// Finds the two nearest centroids of every cell.
  ///
  /// - Returns: The inertia.
  @discardableResult
  package func assign() -> Double {
    withWorkers(threadCount) { worker in
      let range = cells.blockCount * worker / threadCount..<cells.blockCount * (worker + 1) / threadCount
      for block in range {
        let found = gather(block, scratch[worker])
        blockInertias.base[block] = compare(block, scratch[worker], found)
      }
    }
    var inertia = 0.0
    for block in 0..<cells.blockCount {
      inertia += Double(blockInertias.base[block])
    }
    return inertia
  }

  /// Lists the centroids that may be nearest or second nearest to a cell of a block; returns how many they are.
  ///
  /// From a cell, which is within reach r of the block's middle, the two nearest are no farther than R + r, where R
  /// is the second lowest distance from the middle; so they are within R + 2 r of the middle.
  private func gather(_ block: Int, _ scratch: BlockScratch) -> Int {
    let limit = distances(block, scratch.squares.base).squareRoot() + 2 * cells.blockReaches.base[block]
    // A little more, for what rounding may have taken.
    let square = limit * limit * 1.0001
    var found = 0
    for start in Swift.stride(from: 0, to: count, by: 8) {
      var lanes = Float.lanes(load(scratch.squares.base + start), atMost: square)
      while lanes != 0 {
        let centroid = start + lanes.trailingZeroBitCount
        lanes &= lanes &- 1
        scratch.numbers.base[found] = Int32(truncatingIfNeeded: centroid)
        for plane in 0..<cells.dimension {
          scratch.positions.base[plane &* stride &+ found] = centroids.base[plane &* stride &+ centroid]
        }
        found &+= 1
      }
    }
    return found
  }

  /// Computes the squared distances of all centroids from a block's middle and returns the second lowest.
  private func distances(_ block: Int, _ squares: UnsafeMutablePointer<Float>) -> Float {
    var lowest = Vector(repeating: .infinity)
    var next = Vector(repeating: .infinity)
    for start in Swift.stride(from: 0, to: count, by: 8) {
      var sum = Vector(repeating: 0)
      for plane in 0..<cells.dimension {
        let middle = cells.blockMiddles.base[plane &* cells.blockCount &+ block]
        let difference = load(centroids.base + (plane &* stride &+ start)) - middle
        sum += difference * difference
      }
      if start + 8 > count {
        for lane in count - start..<8 {
          sum[lane] = .infinity
        }
      }
      store(sum, squares + start)
      next = Float.lesser(next, Float.larger(sum, lowest))
      lowest = Float.lesser(lowest, sum)
    }
    var first = Float.infinity
    var second = Float.infinity
    for lane in 0..<8 {
      second = min(second, max(first, lowest[lane]), next[lane])
      first = min(first, lowest[lane])
    }
    return second
  }

  /// Compares each cell of a block with the centroids in reach; returns the block's inertia.
  private func compare(_ block: Int, _ scratch: BlockScratch, _ found: Int) -> Float {
    var total = Vector(repeating: 0)
    let positions = scratch.positions.base
    let first = block * Coreset.blockLength
    for start in Swift.stride(from: first, to: first + Coreset.blockLength, by: 8) {
      var two = TwoLowest()
      for place in 0..<found {
        var sum = Vector(repeating: 0)
        for plane in 0..<cells.dimension {
          let difference =
            load(cells.planes.base + (plane &* cells.stride &+ start)) - positions[plane &* stride &+ place]
          sum += difference * difference
        }
        two.take(sum, place)
      }
      total += two.lowest * load(cells.weights.base + start)
      store(two.lowest, nearestSquares.base + start)
      store(two.next, secondSquares.base + start)
      for lane in 0..<8 {
        nearest.base[start + lane] = scratch.numbers.base[Float.number(two.lowestTags[lane])]
        second.base[start + lane] = scratch.numbers.base[Float.number(two.nextTags[lane])]
      }
    }
    return total.sum()
  }

  /// Moves each centroid towards the mean of its cells.
  ///
  /// - Parameter relaxation: By which part of the way: 1 is onto the mean, more is beyond it.
  /// - Throws: `QuantizationError.outOfMemory`.
  package func moveToMeans(relaxation: Float) throws {
    let items = cells.dimension + 1
    let sums = try Storage<Double>(count: count * items)
    for cell in 0..<cells.count {
      let sum = sums.base + Int(nearest.base[cell]) &* items
      let weight = Double(cells.weights.base[cell])
      sum[0] += weight
      for plane in 0..<cells.dimension {
        sum[plane &+ 1] += weight * Double(cells.planes.base[plane &* cells.stride &+ cell])
      }
    }
    for centroid in 0..<count where sums.base[centroid * items] > 0 {
      for plane in 0..<cells.dimension {
        let mean = Float(sums.base[centroid * items + plane + 1] / sums.base[centroid * items])
        let place = plane * stride + centroid
        let moved = centroids.base[place] + relaxation * (mean - centroids.base[place])
        centroids.base[place] = moved.clamped(to: cells.bounds)
      }
    }
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  private func store(_ vector: Vector, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
  }
}

/// The two lowest values seen in each lane, and which they were.
private struct TwoLowest {
  var lowest = SIMD8<Float>(repeating: .infinity)
  var next = SIMD8<Float>(repeating: .infinity)
  var lowestTags = SIMD8<Float>(repeating: 0)
  var nextTags = SIMD8<Float>(repeating: 0)

  @inline(__always)
  mutating func take(_ values: SIMD8<Float>, _ number: Int) {
    let tag = SIMD8<Float>(repeating: Float.tag(number))
    let isLowest = values .< lowest
    let isNext = values .< next
    next.replace(with: values, where: isNext)
    nextTags.replace(with: tag, where: isNext)
    next.replace(with: lowest, where: isLowest)
    nextTags.replace(with: lowestTags, where: isLowest)
    lowest.replace(with: values, where: isLowest)
    lowestTags.replace(with: tag, where: isLowest)
  }
}

extension Float {
  /// The number itself, or the end of the range it lies beyond.
  @inline(__always)
  func clamped(to range: ClosedRange<Float>) -> Float {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
