import Memory

/// The squared distance of each point from the nearest chosen position.
package struct NearestDistances<Scalar: ExactScalar> {
  private typealias Vector = Scalar.Vector

  private let tree: PointTree<Scalar>

  /// Squared distances in units of the points' grid; infinite before the first choice. Both arrays are padded by eight
  /// elements of weight 0, so that vectors can read beyond the last point.
  private let squares: Storage<Scalar>
  private let weights: Storage<Double>

  /// Weighted sums of the squared distances over blocks of `blockLength` points. The order of addition never varies, so
  /// the sums are the same in each run.
  private let blocks: Storage<Double>

  private static var blockLength: Int { 1024 }

  /// The largest squared distance in each block.
  private let largest: Storage<Scalar>

  /// The same three things for groups of `groupLength` blocks.
  private let groups: Storage<Double>
  private let groupLargest: Storage<Scalar>
  private let groupBoxes: Storage<Scalar>
  private var groupCount: Int { groups.elements.count }

  private static var groupLength: Int { 32 }

  /// For each block, the lowest coordinate of its points in each dimension, then the highest. The points are sorted
  /// along a space-filling curve, so most blocks are small, and a new position changes distances in only a few of them.
  private let boxes: Storage<Scalar>

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
    largest = try Storage(count: blocks.elements.count)
    boxes = try Storage(count: 2 * tree.points.dimension * blocks.elements.count)
    let groupCount = (blocks.elements.count + Self.groupLength - 1) / Self.groupLength
    groups = try Storage(count: groupCount)
    groupLargest = try Storage(count: groupCount)
    groupBoxes = try Storage(count: 2 * tree.points.dimension * groupCount)
    for block in 0..<blocks.elements.count {
      largest.base[block] = .infinity
      measureBox(block)
    }
    for group in 0..<groupCount {
      groupLargest.base[group] = .infinity
      measureGroupBox(group)
    }
  }

  /// The blocks of a group.
  private func blocks(of group: Int) -> Range<Int> {
    group * Self.groupLength..<min((group + 1) * Self.groupLength, blocks.elements.count)
  }

  private func measureGroupBox(_ group: Int) {
    let dimension = tree.points.dimension
    let box = groupBoxes.base + 2 * dimension * group
    for plane in 0..<dimension {
      let parts = blocks(of: group).lazy.map { boxes.base + 2 * dimension * $0 }
      box[plane] = parts.map { $0[plane] }.min() ?? 0
      box[dimension + plane] = parts.map { $0[dimension + plane] }.max() ?? 0
    }
  }

  private func measureBox(_ block: Int) {
    let points = tree.points
    let middle = gridMiddle(upperBound: points.upperBound)
    let start = block * Self.blockLength
    let end = min(start + Self.blockLength, points.count)
    for plane in 0..<points.dimension {
      var low = points.coordinate(plane, of: start)
      var high = low
      for point in start..<end {
        low = min(low, points.coordinate(plane, of: point))
        high = max(high, points.coordinate(plane, of: point))
      }
      let box = boxes.base + 2 * points.dimension * block
      box[plane] = Scalar(low - middle)
      box[points.dimension + plane] = Scalar(high - middle)
    }
  }

  /// Whether a new position is too far away to change a distance in a block.
  ///
  /// - Parameters:
  ///   - block: The number of the block.
  ///   - position: The coordinates, counted from the middle of the grid.
  /// - Returns: Whether the position is at least as far from the block's box as the block's farthest point is from the
  ///   chosen positions. All these distances are exact.
  private func isBeyond(_ block: Int, _ position: [Scalar]) -> Bool {
    square(boxes.base + 2 * tree.points.dimension * block, position) >= largest.base[block]
  }

  /// The same for a group of blocks.
  private func isBeyond(group: Int, _ position: [Scalar]) -> Bool {
    square(groupBoxes.base + 2 * tree.points.dimension * group, position) >= groupLargest.base[group]
  }

  /// The squared distance of a position from a box.
  @inline(__always)
  private func square(_ box: UnsafePointer<Scalar>, _ position: [Scalar]) -> Scalar {
    let dimension = tree.points.dimension
    var square: Scalar = 0
    for plane in 0..<dimension {
      let way = max(max(box[plane] - position[plane], position[plane] - box[dimension + plane]), 0)
      square += way * way
    }
    return square
  }

  /// Adds a point to the chosen positions.
  package func choose(_ chosen: Int) {
    choose(centered(chosen))
  }

  /// Adds a position on the points' grid to the chosen ones.
  func choose(at position: UnsafePointer<Int32>) {
    let middle = Int32(gridMiddle(upperBound: tree.points.upperBound))
    choose((0..<tree.points.dimension).map { Scalar(position[$0] - middle) })
  }

  private func choose(_ position: [Scalar]) {
    for group in 0..<groupCount where !isBeyond(group: group, position) {
      for block in blocks(of: group) where !isBeyond(block, position) {
        blocks.base[block] = measure(block, with: position, keeps: true)
        let start = block * Self.blockLength
        let end = min(start + Self.blockLength, tree.points.count)
        largest.base[block] = squares.elements[start..<end].reduce(0, max)
      }
      groups.base[group] = blocks.elements[blocks(of: group)].reduce(0, +)
      groupLargest.base[group] = largest.elements[blocks(of: group)].reduce(0, max)
    }
  }

  /// A point's coordinates minus the middle of the grid.
  private func centered(_ point: Int) -> [Scalar] {
    let middle = gridMiddle(upperBound: tree.points.upperBound)
    return (0..<tree.points.dimension).map { Scalar(tree.points.coordinate($0, of: point) - middle) }
  }

  /// The weighted sum of the squared distances if `candidate` were chosen too.
  package func total(with candidate: Int) -> Double {
    let position = centered(candidate)
    var total = 0.0
    for group in 0..<groupCount {
      guard !isBeyond(group: group, position) else {
        total += groups.base[group]
        continue
      }
      var sum = 0.0
      for block in blocks(of: group) {
        sum += isBeyond(block, position) ? blocks.base[block] : measure(block, with: position, keeps: false)
      }
      total += sum
    }
    return total
  }

  /// The weighted sum of the squared distances in one block if a position is added.
  ///
  /// - Parameters:
  ///   - block: The number of the block.
  ///   - chosen: The coordinates of the position, counted from the middle of the grid.
  ///   - keeps: Whether the stored distances are updated.
  /// - Returns: The sum.
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
    groups.elements.reduce(0, +)
  }

  /// The first point at which the running weighted sum of squared distances exceeds `threshold`. If there is none
  /// because of rounding errors, it is the last point at a distance above 0.
  package func point(at threshold: Double) -> Int {
    var rest = threshold
    var group = 0
    while group < groupCount - 1 && rest >= groups.base[group] {
      rest -= groups.base[group]
      group += 1
    }
    var block = group * Self.groupLength
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

  /// The point with the largest squared distance; of equally far ones, the first.
  package func farthest() -> Int {
    var farthest = 0
    for block in 1..<max(blocks.elements.count, 1) where largest.base[block] > largest.base[farthest] {
      farthest = block
    }
    let start = farthest * Self.blockLength
    var best = start
    for point in start..<min(start + Self.blockLength, tree.points.count)
    where squares.base[point] > squares.base[best] {
      best = point
    }
    return best
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Scalar>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
