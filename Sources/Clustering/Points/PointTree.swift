import Memory
import Workers

/// A binary tree over the points, cut where their Morton codes part, with what k-means needs to know of each node:
/// its weight, the sum of its points and the box around them. Where points fall in two parts, the root's halves are
/// those.
///
/// Kanungo, Mount, Netanyahu, Piatko, Silverman and Wu, "An efficient k-means clustering algorithm: analysis and
/// implementation", IEEE PAMI 24(7), 2002, section 3.
package final class PointTree<Scalar: ExactScalar>: @unchecked Sendable {
  /// A run of points and where its two halves are: the left is the next node, the right has its number.
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

  /// The nodes, each before its descendants, the left ones first.
  package let nodes: Storage<Node>

  /// The lower corner, then the upper corner, of each node's box.
  let boxes: Storage<Scalar>

  /// The moments of each node: `items` numbers, of which the first is the weight and the next are the weighted sums
  /// of the coordinates.
  let sums: Storage<Int>

  /// The moments of each point, if there are three dimensions, the moments fit and there are not so many points that
  /// filling more memory costs what they save.
  let packedMoments: Storage<SIMD4<UInt32>>?

  /// Numbers in the moments of a node, a point or a cluster.
  let items: Int

  /// The weighted sum of squared coordinates, counted from the middle of the grid, of each node; rounded.
  let squares: Storage<Double>

  /// Nodes on the longest way from the root to a leaf.
  let height: Int

  /// The weighted sum of squared coordinates over all points.
  let totalSquares: Int128

  /// Points in a leaf at the most, of so many: few, so that a coreset has small cells to choose from, but of millions
  /// of points so many that there are not many more leaves than cells in the largest coreset.
  static func leafLimit(_ pointCount: Int) -> Int { max(16, pointCount >> 18) }

  /// - Parameters:
  ///   - points: At least one.
  ///   - threadCount: Threads that may work at a time, at least 1.
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
    boxes = try Storage(count: 2 * dimension * found.count, hugePages: isLarge)
    sums = try Storage(count: items * found.count, hugePages: isLarge)
    squares = try Storage(count: found.count, hugePages: isLarge)
    measureLeaves(threadCount)
    for node in (0..<found.count).reversed() where !nodes.base[node].isLeaf {
      join(node + 1, nodes.base[node].right, into: node)
    }
  }

  /// Points from which on the tree fills some huge pages. A walk reads a node here and a node there; of twelve million
  /// points, half its time went to looking up small pages.
  private static var hugePageThreshold: Int { 1 << 18 }

  var nodeCount: Int { nodes.elements.count }

  /// Appends the nodes of a run and returns how many are on the longest way down.
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

  /// Where the Morton codes of a run of two or more distinct points part: the first point that has the highest bit
  /// in which the run's ends differ.
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

  /// Points with 32 megabytes of moments.
  private static var packedLimit: Int { 1 << 21 }

  private static func packedMoments(_ points: Points) throws -> Storage<SIMD4<UInt32>>? {
    let heaviest = points.weights.elements[0..<points.count].reduce(0, max)
    guard points.dimension == 3, points.count <= packedLimit, heaviest <= Int(UInt32.max) / points.upperBound
    else { return nil }
    let moments = try Storage<SIMD4<UInt32>>(
      count: points.count, hugePages: points.count >= hugePageThreshold)
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
      // A block's sum stays in 64 bits unless weights exceed 2^20.
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
