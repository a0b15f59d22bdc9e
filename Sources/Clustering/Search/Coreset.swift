import CKernels
import Memory

/// Cells of points, each standing for its points by their mean and weight: few enough to be clustered hundreds of
/// times, near enough to the points for the outcome to be a good place to start from.
///
/// Har-Peled and Mazumdar, "On coresets for k-means and k-median clustering", STOC 2004, on the nodes of a tree
/// instead of a grid: of the nodes those of largest inertia are divided, until there are as many cells as wanted.
package final class Coreset {
  /// Cells, at least 1.
  package let count: Int

  package let dimension: Int

  /// The coordinates of the grid, counted from its middle.
  let bounds: ClosedRange<Float>

  /// The means, counted from the middle of the grid, plane by plane, `stride` apart; near cells near each other.
  /// Beyond the last cell there are copies of it, of no weight, up to a multiple of `blockLength`.
  package let planes: Storage<Float>
  package let stride: Int

  /// The weights, in pixels.
  package let weights: Storage<Float>

  /// The sum of the weights.
  let weight: Float

  /// For each cell its weight, then each coordinate times the weight, filled up with zeros to `momentCount`; one cell
  /// behind the other.
  let moments: Storage<Float>
  let momentCount: Int

  /// Cells in a block. Centroids out of its reach are discarded for all of them together.
  package static let blockLength = 32

  /// Blocks.
  package var blockCount: Int { stride / Self.blockLength }

  /// The middles of the blocks, plane by plane, `blockCount` apart.
  package let blockMiddles: Storage<Float>

  /// How far from the middle the cells of each block are at the most.
  package let blockReaches: Storage<Float>

  /// - Parameters:
  ///   - tree: The points.
  ///   - wanted: Cells wanted, at least 1; there are about as many, and no more than points.
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
    blockMiddles = try Storage(count: dimension * stride / Self.blockLength)
    blockReaches = try Storage(count: stride / Self.blockLength)
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
      var square: Float = 0
      for plane in 0..<dimension {
        let values = planes.base + plane * stride + block * Self.blockLength
        var low = values[0]
        var high = low
        for cell in 1..<Self.blockLength {
          low = min(low, values[cell])
          high = max(high, values[cell])
        }
        blockMiddles.base[plane * blockCount + block] = (low + high) / 2
        square += (high - low) * (high - low) / 4
      }
      blockReaches.base[block] = square.squareRoot()
    }
  }

  /// The cells as points, their means rounded to the grid.
  ///
  /// - Parameter upperBound: The grid's largest coordinate.
  /// - Returns: The points, not all of which need be distinct.
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

/// What a cell of a coreset is made of.
private enum CellPart {
  case node(Int)
  case point(Int)
}

extension PointTree {
  /// The inertia above which nodes are to be divided, leaves into their points, to leave about `cellCount` cells.
  ///
  /// A node has at least the inertia of its parts, so the nodes above a limit hang together. They are counted by
  /// the leading bits of their inertia.
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

  /// Calls `body` with each cell in order: the largest nodes of at most `limit` inertia, and the points of leaves
  /// above it.
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

  /// The weighted sum of squared distances of a node's points from their mean; rounded.
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

  /// The node behind a node's descendants.
  private func next(after node: Int) -> Int {
    var last = node
    while !nodes.base[last].isLeaf {
      last = nodes.base[last].right
    }
    return last + 1
  }
}
