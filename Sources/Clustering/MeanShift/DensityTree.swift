import Memory

/// A tree over points that adds up the points in a ball.
///
/// Positions and lengths are fixed-point numbers with `fractionBits` fractional bits, so whether a point is in a ball
/// is decided exactly.
final class DensityTree<Scalar: ExactScalar> {
  /// A ball in the space of the points.
  struct Ball {
    /// The coordinates of the center.
    let middle: UnsafePointer<Int32>

    /// The squared radius.
    let square: Int

    /// The largest squared diagonal of a node that counts as one point at its mean.
    let grain: Int
  }

  let tree: PointTree<Scalar>
  private let dimension: Int

  /// For each node, the lower corner of its box, the upper corner, and the mean of its points.
  private let places: Storage<Int32>

  /// The squared diagonal of each node's box.
  private let diagonals: Storage<Int>

  static var fractionBits: Int { Centroids.standardFractionBits }

  /// - Throws: `OutOfMemory`.
  init(_ tree: PointTree<Scalar>) throws {
    self.tree = tree
    dimension = tree.points.dimension
    places = try Storage(count: 3 * dimension * tree.nodeCount)
    diagonals = try Storage(count: tree.nodeCount)
    let middle = gridMiddle(upperBound: tree.points.upperBound)
    for node in 0..<tree.nodeCount {
      let box = tree.boxes.base + 2 * dimension * node
      let sums = tree.sums.base + node * tree.items
      let place = places.base + 3 * dimension * node
      for plane in 0..<dimension {
        let (low, high) = (Int(box[plane]) + middle, Int(box[dimension + plane]) + middle)
        place[plane] = Int32(truncatingIfNeeded: low << Self.fractionBits)
        place[dimension + plane] = Int32(truncatingIfNeeded: high << Self.fractionBits)
        place[2 * dimension + plane] = Int32(
          truncatingIfNeeded: roundedQuotient(sums[plane + 1], sums[0], fractionBits: Self.fractionBits))
        let side = (high - low) << Self.fractionBits
        diagonals.base[node] += side * side
      }
    }
  }

  /// Adds up the points in a ball or on its surface.
  ///
  /// If a small node (see `Ball.grain`) crosses the surface, either all or none of its points count, depending on
  /// whether their mean is in the ball. The points of other nodes are counted exactly.
  ///
  /// - Parameters:
  ///   - ball: The ball.
  ///   - sums: Receives the weight, then the weighted sum of each coordinate.
  func sum(_ ball: Ball, into sums: UnsafeMutablePointer<Int>) {
    sums.update(repeating: 0, count: tree.items)
    add(0, ball, to: sums)
  }

  private func add(_ node: Int, _ ball: Ball, to sums: UnsafeMutablePointer<Int>) {
    let place = places.base + 3 * dimension * node
    var (least, most) = (0, 0)
    for plane in 0..<dimension {
      let below = Int(ball.middle[plane]) - Int(place[plane])
      let above = Int(place[dimension + plane]) - Int(ball.middle[plane])
      let inside = max(-below, -above, 0)
      let outside = max(below, above)
      least += inside * inside
      most += outside * outside
    }
    guard least <= ball.square else { return }
    let shape = tree.nodes.base[node]
    if most <= ball.square {
      take(node, to: sums)
    } else if diagonals.base[node] <= ball.grain {
      if squaredDistance(place + 2 * dimension, ball) <= ball.square {
        take(node, to: sums)
      }
    } else if shape.isLeaf {
      addPoints(shape.start..<shape.end, ball, to: sums)
    } else {
      add(node + 1, ball, to: sums)
      add(shape.right, ball, to: sums)
    }
  }

  @inline(__always)
  private func take(_ node: Int, to sums: UnsafeMutablePointer<Int>) {
    let whole = tree.sums.base + node * tree.items
    for item in 0..<tree.items {
      sums[item] &+= whole[item]
    }
  }

  private func addPoints(_ range: Range<Int>, _ ball: Ball, to sums: UnsafeMutablePointer<Int>) {
    let points = tree.points
    for point in range
    where points.squaredDistance(point, to: ball.middle, fractionBits: Self.fractionBits) <= ball.square {
      let weight = points.weights.base[point]
      sums[0] &+= weight
      for plane in 0..<dimension {
        sums[plane &+ 1] &+= weight &* points.coordinate(plane, of: point)
      }
    }
  }

  @inline(__always)
  private func squaredDistance(_ place: UnsafePointer<Int32>, _ ball: Ball) -> Int {
    var sum = 0
    for plane in 0..<dimension {
      let way = Int(place[plane]) - Int(ball.middle[plane])
      sum += way * way
    }
    return sum
  }

  /// Points that are close together: those of a node, or a single one.
  struct Neighbors: BitwiseCopyable {
    /// The number of the node; nil for a single point.
    let node: Int?
    private let start: Int
    private let end: Int

    init(node: Int?, _ range: Range<Int>) {
      self.node = node
      start = range.lowerBound
      end = range.upperBound
    }

    var range: Range<Int> { start..<end }
  }

  /// Divides the points into parts: the largest nodes with a limited diagonal, and the single points of leaves with a
  /// longer one.
  ///
  /// - Parameters:
  ///   - square: The largest squared diagonal of an inner node.
  ///   - leafSquare: The largest squared diagonal of a leaf, at least `square`.
  ///   - limit: Maximum number of parts.
  /// - Returns: Parts that together contain each point once; nil if there are more than `limit`.
  /// - Throws: `OutOfMemory`.
  func parts(ofDiagonal square: Int, leaves leafSquare: Int, limit: Int) throws -> GrowingStorage<Neighbors>?
  {
    var found = try GrowingStorage<Neighbors>()
    var waiting = try GrowingStorage(0..<1)
    while let node = waiting.last {
      waiting.count -= 1
      let shape = tree.nodes.base[node]
      guard found.count < limit else { return nil }
      if diagonals.base[node] <= (shape.isLeaf ? leafSquare : square) {
        try found.append(Neighbors(node: node, shape.start..<shape.end))
      } else if shape.isLeaf {
        for point in shape.start..<shape.end {
          try found.append(Neighbors(node: nil, point..<point + 1))
        }
      } else {
        try waiting.append(shape.right)
        try waiting.append(node + 1)
      }
    }
    return found.count <= limit ? found : nil
  }

  /// Finds the mean of a part.
  ///
  /// - Parameters:
  ///   - part: The part.
  ///   - mean: Receives the coordinates, with `fractionBits` fractional bits.
  func mean(of part: Neighbors, into mean: UnsafeMutablePointer<Int32>) {
    if let node = part.node {
      mean.update(from: places.base + (3 * node + 2) * dimension, count: dimension)
    } else {
      for plane in 0..<dimension {
        mean[plane] = Int32(
          truncatingIfNeeded: tree.points.coordinate(plane, of: part.range.lowerBound) << Self.fractionBits)
      }
    }
  }
}
