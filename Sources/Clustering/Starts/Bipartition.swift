import Memory

/// Divides the points into `count` boxes and returns the mean of each box.
///
/// It starts with one box. Until there are `count` boxes, it cuts the one whose best cut lowers inertia most.
///
/// Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems II, 1991, pages 126-133.
/// Wu works on a coarse grid and cuts the box with the largest variance. This function works on the points themselves
/// and cuts the box with the largest gain.
///
/// - Parameters:
///   - points: At least `count` points.
///   - count: Number of centroids, at least 1.
/// - Returns: The means of the boxes.
/// - Throws: `OutOfMemory`.
/// - Complexity: O(*n* log *count*) if the cuts are balanced: each box is read once for each coordinate.
func bipartition(_ points: Points, count: Int) throws -> Centroids {
  var cutter = try Bipartition(points)
  var boxes = try GrowingHeap<Bipartition.Box>()
  try boxes.insert(cutter.box(0..<points.count))
  while boxes.count < count {
    let box = boxes.removeLargest()
    let middle = cutter.cut(box)
    try boxes.insert(cutter.box(box.start..<middle))
    try boxes.insert(cutter.box(middle..<box.end))
  }
  let centroids = try Centroids(count: count, dimension: points.dimension)
  let cluster = try Storage<Int>(count: points.dimension + 1)
  try sortByMerging(boxes.elements) { $0.start < $1.start }
  for (centroid, box) in boxes.elements.enumerated() {
    cutter.sum(box.start..<box.end, into: cluster.base)
    centroids.place(centroid, onMeanOf: cluster.base)
  }
  return centroids
}

/// Cuts boxes in two. It keeps the points in an order in which each box is a contiguous run.
struct Bipartition {
  /// A run of points and its best cut.
  struct Box: BitwiseCopyable, Comparable {
    var start: Int
    var end: Int
    /// How much the cut lowers inertia; negative if the box has only one point.
    var gain: Double
    /// The plane of the cut, and the lowest coordinate of the upper part in that plane.
    var plane: Int
    var threshold: Int

    /// Compares by gain; of boxes with equal gains, the one with the lower `start` is the larger.
    static func < (first: Box, second: Box) -> Bool {
      first.gain != second.gain ? first.gain < second.gain : first.start > second.start
    }
  }

  private let points: Points
  private let order: Storage<Int>
  private let spare: Storage<Int>

  /// For each value of one coordinate, the moments of the box's points with that value: the weight, then the weighted
  /// sum of each coordinate. They are valid only if `isPresent`.
  private let moments: Storage<Int>
  private let isPresent: Storage<Bool>
  private let lower: Storage<Int>
  private let whole: Storage<Int>

  init(_ points: Points) throws {
    self.points = points
    order = try Storage(count: points.count)
    spare = try Storage(count: points.count)
    moments = try Storage(count: (points.upperBound + 1) * (points.dimension + 1))
    isPresent = try Storage(count: points.upperBound + 1)
    lower = try Storage(count: points.dimension + 1)
    whole = try Storage(count: points.dimension + 1)
    for point in 0..<points.count {
      order.elements[point] = point
    }
  }

  /// Adds up the weights and the weighted coordinates of a run of points.
  func sum(_ range: Range<Int>, into sums: UnsafeMutablePointer<Int>) {
    for item in 0...points.dimension {
      sums[item] = 0
    }
    for index in range {
      add(order.elements[index], to: sums)
    }
  }

  @inline(__always)
  private func add(_ point: Int, to sums: UnsafeMutablePointer<Int>) {
    let weight = points.weights.elements[point]
    sums[0] &+= weight
    for plane in 0..<points.dimension {
      sums[plane + 1] &+= weight &* points.coordinate(plane, of: point)
    }
  }

  /// Makes the box of a run and finds its best cut.
  mutating func box(_ range: Range<Int>) -> Box {
    var box = Box(start: range.lowerBound, end: range.upperBound, gain: -1, plane: 0, threshold: 0)
    guard range.count > 1, let whole = whole.elements.baseAddress else { return box }
    sum(range, into: whole)
    for plane in widestPlanes(of: range) {
      findCut(of: &box, across: plane)
    }
    return box
  }

  /// The planes to try for a cut. If there are more than `planeLimit`, these are the ones in which the run extends
  /// farthest, because the time to try all planes grows with the square of their number.
  private func widestPlanes(of range: Range<Int>) -> [Int] {
    guard points.dimension > Self.planeLimit else { return Array(0..<points.dimension) }
    let extents = (0..<points.dimension).map { plane in
      let coordinates = range.lazy.map { points.coordinate(plane, of: order.elements[$0]) }
      return (coordinates.max() ?? 0) - (coordinates.min() ?? 0)
    }
    let widest = extents.indices.sorted { extents[$0] != extents[$1] ? extents[$0] > extents[$1] : $0 < $1 }
    return Array(widest.prefix(Self.planeLimit))
  }

  private static let planeLimit = 16

  /// Replaces the cut of a box if a cut across this plane lowers inertia more.
  private func findCut(of box: inout Box, across plane: Int) {
    guard let moments = moments.elements.baseAddress, let lower = lower.elements.baseAddress,
      let whole = whole.elements.baseAddress
    else { return }
    let items = points.dimension + 1
    var low = Int.max
    var high = 0
    for index in box.start..<box.end {
      let point = order.elements[index]
      let coordinate = points.coordinate(plane, of: point)
      low = min(low, coordinate)
      high = max(high, coordinate)
      if !isPresent.elements[coordinate] {
        isPresent.elements[coordinate] = true
        (moments + coordinate * items).update(repeating: 0, count: items)
      }
      add(point, to: moments + coordinate * items)
    }
    lower.update(repeating: 0, count: items)
    for coordinate in low...high where isPresent.elements[coordinate] {
      isPresent.elements[coordinate] = false
      guard coordinate < high else { break }
      for item in 0..<items {
        lower[item] &+= moments[coordinate * items + item]
      }
      let gain = self.gain(lower, of: whole)
      if gain > box.gain {
        box.gain = gain
        box.plane = plane
        box.threshold = coordinate + 1
      }
    }
  }

  /// How much inertia falls when a box is divided into a part and the rest: the product of both weights divided by
  /// their sum, times the squared distance between both means.
  private func gain(_ part: UnsafePointer<Int>, of whole: UnsafePointer<Int>) -> Double {
    let weight = Double(part[0])
    let rest = Double(whole[0] - part[0])
    var square = 0.0
    for plane in 1...points.dimension {
      let difference = Double(part[plane]) / weight - Double(whole[plane] - part[plane]) / rest
      square += difference * difference
    }
    return weight * rest / (weight + rest) * square
  }

  /// Cuts a box: moves the points of its lower part to the front, keeping their order, and returns the start of the
  /// upper part.
  mutating func cut(_ box: Box) -> Int {
    precondition(box.gain >= 0, "a box of one point cannot be cut")
    var middle = box.start
    var upperCount = 0
    for index in box.start..<box.end {
      let point = order.elements[index]
      if points.coordinate(box.plane, of: point) < box.threshold {
        order.elements[middle] = point
        middle += 1
      } else {
        spare.elements[upperCount] = point
        upperCount += 1
      }
    }
    for index in 0..<upperCount {
      order.elements[middle + index] = spare.elements[index]
    }
    return middle
  }
}
