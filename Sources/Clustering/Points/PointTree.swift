import Memory
import Workers

/// A binary tree over points. Each node has its weight, the sum of its points and their bounding box.
///
/// A node is divided where the highest differing bit of its points' Morton codes changes. If the points have a second
/// part, the children of the root are the two parts.
///
/// Kanungo, Mount, Netanyahu, Piatko, Silverman and Wu, "An efficient k-means clustering algorithm: analysis and
/// implementation", IEEE PAMI 24(7), 2002, section 3.
package final class PointTree<Scalar: ExactScalar>: @unchecked Sendable {
  /// A run of points. The left child of an inner node is the next node; `right` is the number of its right child.
  package struct Node: BitwiseCopyable {
    private let first: UInt32
    private let behind: UInt32
    /// 0 in a leaf.
    private var other: UInt32 = 0

    init(_ range: Range<Int>) {
      first = UInt32(truncatingIfNeeded: range.lowerBound)
      behind = UInt32(truncatingIfNeeded: range.upperBound)
    }

    package var start: Int { Int(first) }
    package var end: Int { Int(behind) }
    package var right: Int {
      get { Int(other) }
      set { other = UInt32(truncatingIfNeeded: newValue) }
    }

    var isLeaf: Bool { other == 0 }
  }

  let points: Points

  /// The nodes in preorder.
  package let nodes: Storage<Node>

  /// The lower corner, then the upper corner, of each node's box.
  let boxes: Storage<Scalar>

  /// `items` moments of each node: the weight, then the weighted sum of each coordinate.
  let sums: Storage<Int>

  /// The moments of each point: the weight, then each coordinate times the weight. It is nil unless there are three
  /// dimensions, at most `packedLimit` points, and all moments fit in 32 bits.
  let packedMoments: Storage<SIMD4<UInt32>>?

  /// Number of moments of a node, a point or a cluster.
  let items: Int

  /// For each node, the weighted sum of squared coordinates, which are counted from the middle of the grid. The sum is
  /// rounded.
  let squares: Storage<Double>

  /// Number of nodes on the longest path from the root to a leaf.
  let height: Int

  /// The weighted sum of squared coordinates of all points.
  let totalSquares: Int128

  /// Maximum number of points in a leaf. Small leaves allow a coreset to have small cells. For more than four million
  /// points, leaves are larger, so that there are not many more leaves than cells in the largest coreset.
  static func leafLimit(_ pointCount: Int) -> Int { max(16, pointCount >> 18) }

  /// - Parameters:
  ///   - points: At least one.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ points: Points, threadCount: Int = 1) throws {
    self.points = points
    let dimension = points.dimension
    items = dimension + 1
    let isLarge = points.count >= Self.hugePageThreshold
    packedMoments = try Self.packedMoments(points)
    totalSquares = Self.totalSquares(points)
    var found = try GrowingStorage<Node>()
    height = try Self.divide(points, 0..<points.count, into: &found)
    nodes = try found.stored(hugePages: isLarge)
    boxes = try Storage(count: 2 * dimension * found.count, hugePages: isLarge, reuse: true)
    sums = try Storage(count: items * found.count, hugePages: isLarge, reuse: true)
    squares = try Storage(count: found.count, hugePages: isLarge, reuse: true)
    measureLeaves(threadCount)
    for node in (0..<found.count).reversed() where !nodes.base[node].isLeaf {
      join(node + 1, nodes.base[node].right, into: node)
    }
  }

  /// Minimum number of points for huge pages. A walk reads nodes in irregular order. With twelve million points and
  /// small pages, it spent half of its time on address translation.
  private static var hugePageThreshold: Int { 1 << 18 }

  var nodeCount: Int { nodes.elements.count }

  /// Appends a node for a run and all its descendants; returns the height.
  private static func divide(
    _ points: Points, _ range: Range<Int>, into nodes: inout GrowingStorage<Node>
  ) throws -> Int {
    let node = nodes.count
    try nodes.append(Node(range))
    let parts = node == 0 ? points.secondPart : nil
    guard range.count > leafLimit(points.count) || parts != nil else { return 1 }
    let cut = parts ?? Self.cut(points, range)
    let left = try divide(points, range.lowerBound..<cut, into: &nodes)
    nodes.elements[node].right = nodes.count
    let right = try divide(points, cut..<range.upperBound, into: &nodes)
    return 1 + max(left, right)
  }

  private func measureLeaves(_ threadCount: Int) {
    let jobCount = threadCount == 1 ? 1 : (nodeCount + Self.nodesPerJob - 1) / Self.nodesPerJob
    withWorkers(threadCount, sharing: jobCount) { _, job in
      for node in nodeCount * job / jobCount..<nodeCount * (job + 1) / jobCount {
        let shape = nodes.base[node]
        if shape.isLeaf {
          measure(shape.start..<shape.end, into: node)
        }
      }
    }
  }

  private static var nodesPerJob: Int { 1024 }

  /// Finds the first point of the right child of a node.
  ///
  /// Take the highest bit in which the Morton codes of the first and the last point differ. The right child begins with
  /// the first point in whose code this bit is 1.
  ///
  /// - Parameters:
  ///   - points: The points.
  ///   - range: The points of the node, at least two.
  /// - Returns: The number of the point.
  private static func cut(_ points: Points, _ range: Range<Int>) -> Int {
    var widest = 0
    var plane = 0
    for candidate in 0..<points.dimension {
      let difference =
        points.coordinate(candidate, of: range.lowerBound)
        ^ points.coordinate(candidate, of: range.upperBound - 1)
      if widest < difference && widest < widest ^ difference {
        widest = difference
        plane = candidate
      }
    }
    let bit = widest == 0 ? 0 : 1 << (Int.bitWidth - 1 - widest.leadingZeroBitCount)
    var low = range.lowerBound
    var high = range.upperBound - 1
    while low < high {
      let middle = (low + high) / 2
      if points.coordinate(plane, of: middle) & bit == 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func join(_ left: Int, _ right: Int, into node: Int) {
    let dimension = points.dimension
    for plane in 0..<dimension {
      let low = 2 * dimension * node + plane
      boxes.elements[low] = min(
        boxes.elements[2 * dimension * left + plane], boxes.elements[2 * dimension * right + plane])
      boxes.elements[low + dimension] = max(
        boxes.elements[2 * dimension * left + dimension + plane],
        boxes.elements[2 * dimension * right + dimension + plane])
    }
    for item in 0..<items {
      sums.base[items * node + item] = sums.base[items * left + item] + sums.base[items * right + item]
    }
    squares.base[node] = squares.base[left] + squares.base[right]
  }

  private func measure(_ range: Range<Int>, into node: Int) {
    let dimension = points.dimension
    let weights = points.weights.base
    let sum = sums.base + items * node
    for point in range {
      sum[0] &+= weights[point]
      for plane in 0..<dimension {
        sum[plane &+ 1] &+= weights[point] &* points.coordinate(plane, of: point)
      }
    }
    let middle = Int32(gridMiddle(upperBound: points.upperBound))
    var square = 0.0
    for plane in 0..<dimension {
      let coordinates = points.coordinates.base + plane * points.count
      var low = Int32.max
      var high = Int32.min
      for point in range {
        let value = Int32(coordinates[point]) &- middle
        low = min(low, value)
        high = max(high, value)
        square += Double(value &* value) * Double(weights[point])
      }
      boxes.base[2 * dimension * node + plane] = Scalar(low)
      boxes.base[2 * dimension * node + dimension + plane] = Scalar(high)
    }
    squares.base[node] = square
  }

  /// Maximum number of points with packed moments, which then take 32 MiB. For more points, computing the moments takes
  /// as long as they save.
  private static var packedLimit: Int { 1 << 21 }

  private static func packedMoments(_ points: Points) throws -> Storage<SIMD4<UInt32>>? {
    let heaviest = points.weights.elements[0..<points.count].reduce(0, max)
    guard points.dimension == 3, points.count <= packedLimit, heaviest <= Int(UInt32.max) / points.upperBound
    else { return nil }
    let moments = try Storage<SIMD4<UInt32>>(
      count: points.count, hugePages: points.count >= hugePageThreshold, reuse: true)
    let first = points.coordinates.base
    let second = first + points.count
    let third = second + points.count
    for point in 0..<points.count {
      let weight = UInt32(truncatingIfNeeded: points.weights.base[point])
      let position = SIMD4(1, UInt32(first[point]), UInt32(second[point]), UInt32(third[point]))
      moments.base[point] = position &* weight
    }
    return moments
  }

  private static func totalSquares(_ points: Points) -> Int128 {
    var total = Int128(0)
    for plane in 0..<points.dimension {
      let source = points.coordinates.base + plane * points.count
      // The sum over 1024 points fits in 64 bits if all weights are less than 2^20.
      var start = 0
      while start < points.count {
        let end = min(start + 1024, points.count)
        var sum = 0
        var isExact = true
        for point in start..<end {
          let weight = points.weights.base[point]
          isExact = isExact && weight < 1 << 20
          sum &+= Int(source[point]) &* Int(source[point]) &* weight
        }
        if isExact {
          total += Int128(sum)
        } else {
          for point in start..<end {
            total += Int128(Int(source[point]) * Int(source[point])) * Int128(points.weights.base[point])
          }
        }
        start = end
      }
    }
    return total
  }
}
