import Memory

/// The means of `count` boxes of points: starting with one box, the box whose cut lowers inertia most is cut in
/// two, across the axis and at the place where it falls most.
///
/// Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems II, 1991, pages 126-133,
/// on the points themselves instead of a coarse grid of them, and with the cut's gain instead of the box's variance
/// to choose the next.
///
/// - Parameters:
///   - points: At least `count` distinct ones.
///   - count: Centroids wanted.
/// - Returns: The means.
/// - Throws: `OutOfMemory`.
/// - Complexity: O(*n* log *count*), a box that is cut being read once for each axis.
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

/// The points in an order in which each box is a run, and the search for the best cut of a box.
struct Bipartition {
  /// A run of points and its best cut.
  struct Box: BitwiseCopyable, Comparable {
    var start: Int
    var end: Int
    /// By how much the cut lowers inertia; below 0 where there is only one point.
    var gain: Double
    /// The plane across which to cut and the first coordinate of the upper part.
    var plane: Int
    var threshold: Int

    /// By gain; of equals, the one farther to the front is the larger.
    static func < (first: Box, second: Box) -> Bool {
      first.gain != second.gain ? first.gain < second.gain : first.start > second.start
    }
  }

  private let points: Points
  private let order: Storage<Int>
  private let spare: Storage<Int>

  /// Moments of the points of a box by one coordinate, weight, then weighted sums, where there are such points.
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

  /// Adds up the weight and the weighted coordinates of a run.
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

  /// The box of a run, with its best cut.
  mutating func box(_ range: Range<Int>) -> Box {
    var box = Box(start: range.lowerBound, end: range.upperBound, gain: -1, plane: 0, threshold: 0)
    guard range.count > 1, let whole = whole.elements.baseAddress else { return box }
    sum(range, into: whole)
    for plane in widestPlanes(of: range) {
      findCut(of: &box, across: plane)
    }
    return box
  }

  /// The planes worth cutting across: all, or in deep images those in which a run extends farthest, since trying
  /// them all takes time that grows with the square of the depth.
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

  /// Improves the cut of a box with the best one across a plane.
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

  /// By how much inertia falls when a part leaves the whole: the product of both weights over their sum, times the
  /// squared distance of the means.
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

  /// Cuts a box: moves its lower part to the front, the order in each part kept, and returns where the upper part
  /// begins.
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
