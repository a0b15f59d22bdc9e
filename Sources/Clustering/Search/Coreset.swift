import CKernels
import Memory

/// A small weighted set that approximates the points: cells, each represented by the mean and the weight of its points.
///
/// The cells are few enough to be clustered hundreds of times. They approximate the points well enough that the
/// resulting centroids are a good start for k-means on the points.
///
/// Har-Peled and Mazumdar, "On coresets for k-means and k-median clustering", STOC 2004. They use the cells of a grid.
/// Here the cells are nodes of the tree. The nodes with the largest inertia are divided until there are enough cells.
package final class Coreset {
  /// Number of cells, at least 1.
  package let count: Int

  package let dimension: Int

  /// The range of a coordinate, counted from the middle of the grid.
  let bounds: ClosedRange<Float>

  /// The means of the cells, counted from the middle of the grid, plane by plane, `stride` apart. Neighbors in the list
  /// are close in space. The list is padded with copies of the last cell, of weight 0, to a multiple of `blockLength`.
  package let planes: Storage<Float>
  package let stride: Int

  /// The weight of each cell.
  package let weights: Storage<Float>

  /// The sum of the weights.
  let weight: Float

  /// `momentCount` moments of each cell: its weight, each coordinate times the weight, then zeros.
  let moments: Storage<Float>
  let momentCount: Int

  /// Number of cells in a block. Centroids that are too far away are discarded for all cells of a block at once.
  package static let blockLength = 32

  /// Number of blocks.
  package var blockCount: Int { stride / Self.blockLength }

  /// The middles of the blocks, plane by plane, `blockCount` apart.
  package let blockMiddles: Storage<Float>

  /// For each block, an upper bound for the distances of its cells from its middle.
  package let blockReaches: Storage<Float>

  /// Number of groups of consecutive blocks; the last one may have fewer.
  var groupCount: Int { (blockCount + Self.blocksPerGroup - 1) / Self.blocksPerGroup }

  /// The middles of the groups, plane by plane, `groupCount` apart, and upper bounds for the distances of their cells
  /// from them.
  let groupMiddles: Storage<Float>
  let groupReaches: Storage<Float>

  /// The blocks of a group.
  func blocks(_ group: Int) -> Range<Int> {
    group * Self.blocksPerGroup..<min((group + 1) * Self.blocksPerGroup, blockCount)
  }

  private static let blocksPerGroup = 8

  /// - Parameters:
  ///   - tree: The points.
  ///   - wanted: Approximate number of cells, at least 1. There are never more cells than points.
  /// - Throws: `OutOfMemory`.
  package init<Scalar: ExactScalar>(_ tree: PointTree<Scalar>, count wanted: Int) throws {
    dimension = tree.points.dimension
    let middle = gridMiddle(upperBound: tree.points.upperBound)
    bounds = Float(-middle)...Float(tree.points.upperBound - middle)
    weight = Float(tree.sums.base[0])
    let limit = wanted < tree.points.count ? try tree.inertiaLimit(cellCount: wanted) : -1
    var found = 0
    tree.forEachCell(limit) { _ in found += 1 }
    count = found
    stride = (count + Self.blockLength - 1) / Self.blockLength * Self.blockLength
    planes = try Storage(count: dimension * stride)
    weights = try Storage(count: stride)
    momentCount = kernels_moment_count(dimension)
    moments = try Storage(count: momentCount * stride)
    let blockCount = stride / Self.blockLength
    let groupCount = (blockCount + Self.blocksPerGroup - 1) / Self.blocksPerGroup
    blockMiddles = try Storage(count: dimension * blockCount)
    blockReaches = try Storage(count: blockCount)
    groupMiddles = try Storage(count: dimension * groupCount)
    groupReaches = try Storage(count: groupCount)
    fill(tree, limit)
    multiply()
    measureBlocks()
  }

  private func fill<Scalar: ExactScalar>(_ tree: PointTree<Scalar>, _ limit: Double) {
    var cell = 0
    let middle = Double(gridMiddle(upperBound: tree.points.upperBound))
    tree.forEachCell(limit) { part in
      switch part {
      case .node(let node):
        let sums = tree.sums.base + node * tree.items
        weights.base[cell] = Float(sums[0])
        for plane in 0..<dimension {
          planes.base[plane * stride + cell] = Float(Double(sums[plane + 1]) / Double(sums[0]) - middle)
        }
      case .point(let point):
        weights.base[cell] = Float(tree.points.weights.base[point])
        for plane in 0..<dimension {
          let coordinate = Double(tree.points.coordinate(plane, of: point))
          planes.base[plane * stride + cell] = Float(coordinate - middle)
        }
      }
      cell += 1
    }
    for cell in count..<stride {
      for plane in 0..<dimension {
        planes.base[plane * stride + cell] = planes.base[plane * stride + count - 1]
      }
    }
  }

  private func multiply() {
    for cell in 0..<count {
      let moments = self.moments.base + cell * momentCount
      moments[0] = weights.base[cell]
      for plane in 0..<dimension {
        moments[plane + 1] = weights.base[cell] * planes.base[plane * stride + cell]
      }
    }
  }

  private func measureBlocks() {
    for block in 0..<blockCount {
      let first = block * Self.blockLength
      blockReaches.base[block] = measure(
        first..<first + Self.blockLength, middle: blockMiddles.base + block, step: blockCount)
    }
    for group in 0..<groupCount {
      let blocks = blocks(group)
      groupReaches.base[group] = measure(
        blocks.lowerBound * Self.blockLength..<blocks.upperBound * Self.blockLength,
        middle: groupMiddles.base + group, step: groupCount)
    }
  }

  /// Finds the box around some cells and stores the coordinates of its middle, `step` apart.
  ///
  /// - Returns: The distance of the corners from the middle.
  private func measure(_ range: Range<Int>, middle: UnsafeMutablePointer<Float>, step: Int) -> Float {
    var square: Float = 0
    for plane in 0..<dimension {
      let values = planes.base + plane * stride
      var low = values[range.lowerBound]
      var high = low
      for cell in range {
        low = min(low, values[cell])
        high = max(high, values[cell])
      }
      middle[plane * step] = (low + high) / 2
      square += (high - low) * (high - low) / 4
    }
    return square.squareRoot()
  }

  /// Converts the cells to points, with their means rounded to the grid.
  ///
  /// - Parameter upperBound: The largest coordinate of the grid.
  /// - Returns: The points, which need not be distinct.
  /// - Throws: `OutOfMemory`.
  package func points(upperBound: Int) throws -> Points {
    let coordinates = try Storage<UInt16>(count: dimension * count)
    let counts = try Storage<Int>(count: count)
    let middle = Float(gridMiddle(upperBound: upperBound))
    for cell in 0..<count {
      counts.base[cell] = max(Int(weights.base[cell]), 1)
      for plane in 0..<dimension {
        let coordinate = (planes.base[plane * stride + cell] + middle).rounded()
        coordinates.base[plane * count + cell] = UInt16(min(max(coordinate, 0), Float(upperBound)))
      }
    }
    return Points(
      count: count, dimension: dimension, upperBound: upperBound, coordinates: coordinates, weights: counts)
  }
}

/// A cell of a coreset: all points of a node, or a single point.
private enum CellPart {
  case node(Int)
  case point(Int)
}

extension PointTree {
  /// Finds the inertia above which nodes are divided to get about `cellCount` cells. A divided leaf becomes single
  /// points.
  ///
  /// The inertia of a node is at least that of its children, so all ancestors of a node above the limit are above it
  /// too. Nodes are counted by the leading 16 bits of their inertia.
  fileprivate func inertiaLimit(cellCount: Int) throws -> Double {
    let extraCells = try Storage<Int32>(count: 1 << 16)
    for node in 0..<nodeCount {
      let shape = nodes.base[node]
      let extra = shape.isLeaf ? shape.end - shape.start - 1 : 1
      extraCells.base[Int(inertia(node).bitPattern >> 48)] += Int32(truncatingIfNeeded: extra)
    }
    var cells = 1
    for bits in Swift.stride(from: (1 << 16) - 1, through: 0, by: -1) {
      cells += Int(extraCells.base[bits])
      if cells > cellCount {
        return Double(bitPattern: UInt64(bits + 1) << 48 - 1)
      }
    }
    return -1
  }

  /// Calls `body` with each cell in order: the largest nodes with an inertia of at most `limit`, and the single points
  /// of leaves with a larger inertia.
  fileprivate func forEachCell(_ limit: Double, _ body: (CellPart) -> Void) {
    var node = 0
    while node < nodeCount {
      let shape = nodes.base[node]
      if shape.end - shape.start == 1 || limit >= 0 && inertia(node) <= limit {
        body(.node(node))
        node = next(after: node)
      } else {
        if shape.isLeaf {
          for point in shape.start..<shape.end {
            body(.point(point))
          }
        }
        node += 1
      }
    }
  }

  /// The weighted sum of squared distances of a node's points from their mean, rounded.
  private func inertia(_ node: Int) -> Double {
    let sums = self.sums.base + node * items
    let middle = gridMiddle(upperBound: points.upperBound)
    var square = 0.0
    for plane in 0..<points.dimension {
      let sum = Double(sums[plane + 1] - sums[0] * middle)
      square += sum * sum
    }
    return max(squares.base[node] - square / Double(sums[0]), 0)
  }

  /// The first node after all descendants of a node.
  private func next(after node: Int) -> Int {
    var last = node
    while !nodes.base[last].isLeaf {
      last = nodes.base[last].right
    }
    return last + 1
  }
}
