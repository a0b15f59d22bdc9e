import Memory

/// The squared distance of each point from the nearest of the points chosen so far.
package struct NearestDistances<Scalar: ExactScalar> {
  private typealias Vector = Scalar.Vector

  private let tree: PointTree<Scalar>

  /// Squared distances on the grid of the points; infinite before the first choice. For a vector's width beyond the
  /// last point they are those of nothing, with no weight.
  private let squares: Storage<Scalar>
  private let weights: Storage<Double>

  /// Weighted sums of the squared distances over blocks of `blockLength` points, always added up in the same order.
  private let blocks: Storage<Double>

  private static var blockLength: Int { 1024 }

  /// - Throws: `OutOfMemory`.
  package init(_ tree: PointTree<Scalar>) throws {
    self.tree = tree
    let count = tree.points.count
    squares = try Storage(count: count + 8)
    weights = try Storage(count: count + 8)
    blocks = try Storage(count: (count + Self.blockLength - 1) / Self.blockLength)
    for point in 0..<count {
      squares.base[point] = .infinity
      weights.base[point] = Double(tree.points.weights.base[point])
    }
  }

  /// Takes a point among the chosen ones.
  package func choose(_ chosen: Int) {
    choose(centered(chosen))
  }

  /// Takes a position on the grid of the points among them.
  func choose(at position: UnsafePointer<Int32>) {
    let middle = Int32(gridMiddle(upperBound: tree.points.upperBound))
    choose((0..<tree.points.dimension).map { Scalar(position[$0] - middle) })
  }

  private func choose(_ position: [Scalar]) {
    for block in 0..<blocks.elements.count {
      blocks.base[block] = measure(block, with: position, keeps: true)
    }
  }

  /// A point's coordinates, counted from the middle of the grid.
  private func centered(_ point: Int) -> [Scalar] {
    let middle = gridMiddle(upperBound: tree.points.upperBound)
    return (0..<tree.points.dimension).map { Scalar(tree.points.coordinate($0, of: point) - middle) }
  }

  /// What the weighted sum of the squared distances would be with one more point among the chosen.
  package func total(with candidate: Int) -> Double {
    let position = centered(candidate)
    var total = 0.0
    for block in 0..<blocks.elements.count {
      total += measure(block, with: position, keeps: false)
    }
    return total
  }

  /// The weighted sum of a block's squared distances, with one more position, counted from the middle of the grid,
  /// among the chosen.
  private func measure(_ block: Int, with chosen: [Scalar], keeps: Bool) -> Double {
    let points = tree.points
    let middle = UInt16(truncatingIfNeeded: gridMiddle(upperBound: points.upperBound))
    let start = block * Self.blockLength
    let end = min(start + Self.blockLength, points.count)
    var sum = SIMD8<Double>(repeating: 0)
    for point in stride(from: start, to: end, by: 8) {
      var square = Vector(repeating: 0)
      for plane in 0..<points.dimension {
        let coordinates = points.coordinates.base + (plane &* points.count &+ point)
        let difference = Scalar.centered(coordinates, middle: middle) - chosen[plane]
        square += difference * difference
      }
      square = Scalar.lesser(square, load(squares.base + point))
      if keeps {
        UnsafeMutableRawPointer(squares.base + point).storeBytes(of: square, as: Vector.self)
      }
      let share = UnsafeRawPointer(weights.base + point).loadUnaligned(as: SIMD8<Double>.self)
      sum += Scalar.widened(square) * share
    }
    return sum.sum()
  }

  /// The weighted sum of the squared distances.
  package var total: Double {
    blocks.elements.reduce(0, +)
  }

  /// The first point at which the running weighted sum of squared distances exceeds `threshold`, or the last that
  /// adds to it.
  package func point(at threshold: Double) -> Int {
    var rest = threshold
    var block = 0
    while block < blocks.elements.count - 1 && rest >= blocks.base[block] {
      rest -= blocks.base[block]
      block += 1
    }
    var last: Int?
    for point in block * Self.blockLength..<tree.points.count where squares.base[point] > 0 {
      last = point
      rest -= Double(squares.base[point]) * weights.base[point]
      if rest < 0 {
        return point
      }
    }
    return last ?? farthest()
  }

  /// The point of largest squared distance, the lowest of equals.
  package func farthest() -> Int {
    var best = 0
    for point in 1..<max(tree.points.count, 1) where squares.base[point] > squares.base[best] {
      best = point
    }
    return best
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Scalar>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
