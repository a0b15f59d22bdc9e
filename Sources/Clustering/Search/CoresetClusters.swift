import CKernels
import Memory
import Workers

/// Centroids on a coreset, and the two nearest centroids of each cell.
///
/// Computations are in Float and in a fixed order. The result is not exact, but it is the same on every machine and for
/// any number of threads. Afterwards, `AcceleratedLloyd` iterates exactly on the points.
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

  /// For each centroid, the sum of the moments of its cells, as in `Coreset.moments`. For each cell, the number of the
  /// centroid whose sum includes it, or -1.
  private let sums: Storage<Double>
  private let summed: Storage<Int32>

  private let scratch: [Scratch]
  private let blockInertias: Storage<Float>

  /// Memory for one thread: the squared distances of centroids from a middle, and the centroids in reach of a group of
  /// blocks and of a block.
  private struct Scratch {
    let squares: Storage<Float>
    let group: CentroidList
    let block: CentroidList
  }

  /// Memory for the numbers and the positions of some centroids, in ascending order of numbers.
  private struct CentroidList {
    let numbers: Storage<Int32>
    let positions: Storage<Float>

    init(stride: Int, dimension: Int) throws {
      numbers = try Storage(count: stride)
      positions = try Storage(count: dimension * stride)
    }
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
    summed = try Storage(count: cells.stride)
    summed.elements.update(repeating: -1)
    scratch = try (0..<self.threadCount).map { _ in
      Scratch(
        squares: try Storage(count: stride),
        group: try CentroidList(stride: stride, dimension: cells.dimension),
        block: try CentroidList(stride: stride, dimension: cells.dimension))
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
    let groupCount = cells.groupCount
    withWorkers(threadCount) { worker in
      let scratch = scratch[worker]
      for group in groupCount * worker / threadCount..<groupCount * (worker + 1) / threadCount {
        let near = gather(
          centroids.base, nil, count, around: cells.groupMiddles.base + group, step: groupCount,
          reach: cells.groupReaches.base[group], scratch.squares, into: scratch.group,
          wantsSecond: wantsSecond)
        for block in cells.blocks(group) {
          let found = gather(
            scratch.group.positions.base, scratch.group.numbers.base, near,
            around: cells.blockMiddles.base + block, step: cells.blockCount,
            reach: cells.blockReaches.base[block], scratch.squares, into: scratch.block,
            wantsSecond: wantsSecond)
          blockInertias.base[block] = label(block, scratch.block, found, wantsSecond: wantsSecond)
        }
      }
    }
    var inertia = 0.0
    for block in 0..<cells.blockCount {
      inertia += Double(blockInertias.base[block])
    }
    return inertia
  }

  /// Lists those of the given centroids that may be nearest, or second nearest if `wantsSecond`, to some cell whose
  /// distance from a middle is at most `reach`.
  ///
  /// Let R be the lowest distance of a centroid from the middle, and r the reach. The nearest centroid of a cell is at
  /// most R + r from the cell, so it is at most R + 2 r from the middle. The same holds for the second nearest and the
  /// second lowest distance.
  ///
  /// - Parameters:
  ///   - positions: The positions of the centroids, plane by plane, `stride` apart.
  ///   - numbers: Their numbers; nil is all numbers in order.
  ///   - count: Number of the given centroids.
  ///   - middle: The coordinates of the middle.
  ///   - step: The distance between them in memory.
  ///   - reach: An upper bound for the distances of the cells from it.
  ///   - squares: Memory for the squared distances of the centroids.
  ///   - list: Memory for the centroids found.
  ///   - wantsSecond: Whether the second nearest centroids are wanted, too.
  /// - Returns: The number of centroids found.
  private func gather(
    _ positions: UnsafePointer<Float>, _ numbers: UnsafePointer<Int32>?, _ count: Int,
    around middle: UnsafePointer<Float>, step: Int, reach: Float, _ squares: Storage<Float>,
    into list: CentroidList, wantsSecond: Bool
  ) -> Int {
    let squares = squares.base
    let lowest = kernels_measure(
      kernels_centroids(planes: positions, stride: stride, count: count), cells.dimension, middle, step,
      wantsSecond ? 1 : 0, squares)
    let limit = lowest.squareRoot() + 2 * reach
    let target = list.numbers.base
    // The margin is for rounding errors.
    let found = kernels_select(squares, count, limit * limit * 1.0001, target)
    for plane in 0..<cells.dimension {
      let source = positions + plane &* stride
      let copies = list.positions.base + plane &* stride
      for place in 0..<found {
        copies[place] = source[Int(target[place])]
      }
    }
    guard let numbers else { return found }
    for place in 0..<found {
      target[place] = numbers[Int(target[place])]
    }
    return found
  }

  /// Finds the nearest of the listed centroids for each cell of a block; returns the block's inertia.
  private func label(_ block: Int, _ list: CentroidList, _ found: Int, wantsSecond: Bool) -> Float {
    let first = block * Coreset.blockLength
    return kernels_label(
      kernels_cells(
        planes: cells.planes.base + first, stride: cells.stride, weights: cells.weights.base + first,
        count: Coreset.blockLength, dimension: cells.dimension),
      kernels_centroids(planes: list.positions.base, stride: stride, count: found), list.numbers.base,
      kernels_labels(labels: nearest.base + first, squares: nearestSquares.base + first),
      wantsSecond
        ? kernels_labels(labels: second.base + first, squares: secondSquares.base + first) : kernels_labels())
  }

  /// Moves each centroid that is not fixed towards the mean of its cells.
  ///
  /// - Parameter relaxation: The part of the way to the mean: 1 ends at the mean, a larger number beyond it.
  package func moveToMeans(relaxation: Float) {
    let items = cells.momentCount
    kernels_relabel(
      cells.dimension, cells.stride, nearest.base, summed.base, cells.moments.base, sums.base)
    // The weight of a cell is at least 1.
    for centroid in fixedCount..<count where sums.base[centroid * items] >= 0.5 {
      for plane in 0..<cells.dimension {
        let mean = Float(sums.base[centroid * items + plane + 1] / sums.base[centroid * items])
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
