import CKernels
import Memory
import Workers

/// Centroids on a coreset, and the two nearest centroids of each cell.
///
/// Computations are in Float and in a fixed order. The result is not exact, but it is the same on every machine and for
/// any number of threads. Afterwards, `Lloyd` iterates exactly on the points themselves.
package final class CoresetClusters {
  package let cells: Coreset

  /// Number of centroids, at least 2.
  package let count: Int

  /// Number of fixed centroids, which never move. They come first.
  private(set) var fixedCount = 0

  /// The centroids, counted from the middle of the grid, plane by plane, `stride` apart.
  package let centroids: Storage<Float>
  package let stride: Int

  /// For each cell, the numbers of its nearest and its second nearest centroid.
  package let nearest: Storage<Int32>
  package let second: Storage<Int32>

  /// For each cell, the squared distances from its nearest and its second nearest centroid.
  package let nearestSquares: Storage<Float>
  package let secondSquares: Storage<Float>

  package let threadCount: Int

  /// For each centroid, the sum of the moments of its cells, as in `Coreset.moments`.
  private let sums: Storage<Double>

  private let scratch: [BlockScratch]
  private let blockInertias: Storage<Float>

  /// Memory for one thread and one block: the squared distances of all centroids from the block's middle, then the
  /// numbers and positions of the centroids in reach.
  private struct BlockScratch {
    let squares: Storage<Float>
    let numbers: Storage<Int32>
    let positions: Storage<Float>
  }

  /// Reserves memory; all centroids are in the middle of the grid.
  ///
  /// - Throws: `OutOfMemory`.
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
    sums = try Storage(count: count * cells.momentCount)
    scratch = try (0..<self.threadCount).map { _ in
      BlockScratch(
        squares: try Storage(count: stride), numbers: try Storage(count: stride),
        positions: try Storage(count: cells.dimension * stride))
    }
  }

  /// Makes the first `fixedCount` centroids fixed.
  func fix(_ fixedCount: Int) {
    self.fixedCount = fixedCount
  }

  /// Minimum number of cells per thread. Comparing fewer takes less time than waking a thread.
  private static let cellsPerThread = 4096

  /// Finds the two nearest centroids of every cell.
  ///
  /// - Returns: The inertia.
  @discardableResult
  package func assign() -> Double {
    assign(wantsSecond: true)
  }

  /// Finds the nearest centroid of every cell. The second nearest ones are not updated.
  ///
  /// - Returns: The inertia.
  @discardableResult
  package func assignNearest() -> Double {
    assign(wantsSecond: false)
  }

  private func assign(wantsSecond: Bool) -> Double {
    withWorkers(threadCount) { worker in
      let range = cells.blockCount * worker / threadCount..<cells.blockCount * (worker + 1) / threadCount
      for block in range {
        let found = gather(block, scratch[worker], wantsSecond: wantsSecond)
        blockInertias.base[block] = label(block, scratch[worker], found, wantsSecond: wantsSecond)
      }
    }
    var inertia = 0.0
    for block in 0..<cells.blockCount {
      inertia += Double(blockInertias.base[block])
    }
    return inertia
  }

  /// Lists the centroids that may be nearest to a cell of the block, or second nearest if `wantsSecond`; returns their
  /// number.
  ///
  /// Let R be the lowest distance of a centroid from the block's middle, and r the reach of the block. The nearest
  /// centroid of a cell is at most R + r from the cell, so it is at most R + 2 r from the middle. The same holds for
  /// the second nearest and the second lowest distance.
  private func gather(_ block: Int, _ scratch: BlockScratch, wantsSecond: Bool) -> Int {
    let squares = scratch.squares.base
    let lowest = kernels_measure(
      kernels_centroids(planes: centroids.base, stride: stride, count: count), cells.dimension,
      cells.blockMiddles.base + block, cells.blockCount, wantsSecond ? 1 : 0, squares)
    let limit = lowest.squareRoot() + 2 * cells.blockReaches.base[block]
    // The margin is for rounding errors.
    let square = limit * limit * 1.0001
    let numbers = scratch.numbers.base
    var found = 0
    for centroid in 0..<count {
      numbers[found] = Int32(truncatingIfNeeded: centroid)
      found &+= squares[centroid] <= square ? 1 : 0
    }
    for plane in 0..<cells.dimension {
      let source = centroids.base + plane &* stride
      let target = scratch.positions.base + plane &* stride
      for place in 0..<found {
        target[place] = source[Int(numbers[place])]
      }
    }
    return found
  }

  /// Finds the nearest of the listed centroids for each cell of a block; returns the block's inertia.
  private func label(_ block: Int, _ scratch: BlockScratch, _ found: Int, wantsSecond: Bool) -> Float {
    let first = block * Coreset.blockLength
    return kernels_label(
      kernels_cells(
        planes: cells.planes.base + first, stride: cells.stride, weights: cells.weights.base + first,
        count: Coreset.blockLength, dimension: cells.dimension),
      kernels_centroids(planes: scratch.positions.base, stride: stride, count: found), scratch.numbers.base,
      kernels_labels(labels: nearest.base + first, squares: nearestSquares.base + first),
      wantsSecond
        ? kernels_labels(labels: second.base + first, squares: secondSquares.base + first) : kernels_labels())
  }

  /// Moves each centroid that is not fixed towards the mean of its cells.
  ///
  /// - Parameter relaxation: The part of the way to the mean: 1 ends at the mean, a larger number beyond it.
  package func moveToMeans(relaxation: Float) {
    let items = cells.momentCount
    sums.base.update(repeating: 0, count: count * items)
    let moments = UnsafeRawPointer(cells.moments.base)
    let sums = UnsafeMutableRawPointer(sums.base)
    for cell in 0..<cells.count {
      let sum = Int(nearest.base[cell]) &* items
      for item in Swift.stride(from: 0, to: items, by: 4) {
        let four = moments.loadUnaligned(
          fromByteOffset: 4 &* (cell &* items &+ item), as: SIMD4<Float>.self)
        let place = 8 &* (sum &+ item)
        sums.storeBytes(
          of: sums.loadUnaligned(fromByteOffset: place, as: SIMD4<Double>.self) + SIMD4<Double>(four),
          toByteOffset: place, as: SIMD4<Double>.self)
      }
    }
    for centroid in fixedCount..<count where self.sums.base[centroid * items] > 0 {
      for plane in 0..<cells.dimension {
        let mean = Float(self.sums.base[centroid * items + plane + 1] / self.sums.base[centroid * items])
        let place = plane * stride + centroid
        let moved = centroids.base[place] + relaxation * (mean - centroids.base[place])
        centroids.base[place] = moved.clamped(to: cells.bounds)
      }
    }
  }
}

extension Float {
  /// The number, limited to a range.
  @inline(__always)
  func clamped(to range: ClosedRange<Float>) -> Float {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
