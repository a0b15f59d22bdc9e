import Memory

/// Weighted points on a line, in ascending order, with prefix sums that give the cost of any interval in constant time.
///
/// Points may be grouped in blocks, which intervals do not divide. `Sum` has to hold eight times the product of the
/// total weight and the square of the upper bound.
struct PointLine<Sum: FixedWidthInteger & SignedInteger & BitwiseCopyable> {
  /// Number of blocks; without blocks, of points.
  let count: Int

  /// For each *n* from 0, the sums over the first *n* blocks of the weights, the weighted coordinates and the weighted
  /// squared coordinates.
  private let weights: Storage<Sum>
  private let values: Storage<Sum>
  private let squares: Storage<Sum>

  /// The allowed centers; nil allows every whole number.
  private let centers: LineCenters?

  /// Whether the allowed centers include all points.
  let areAllPointsCenters: Bool

  /// - Parameters:
  ///   - points: Points with one coordinate, in ascending order.
  ///   - centers: The allowed centers; nil allows every whole number.
  ///   - block: Number of points in a block, at least 1. The last block may have fewer.
  /// - Throws: `OutOfMemory`.
  init(_ points: Points, centers: LineCenters?, block: Int = 1) throws {
    precondition(points.dimension == 1)
    count = (points.count + block - 1) / block
    self.centers = centers
    areAllPointsCenters =
      centers.map { centers in
        (0..<points.count).allSatisfy { centers.contains(points.coordinate(0, of: $0)) }
      } ?? true
    weights = try Storage(count: count + 1)
    values = try Storage(count: count + 1)
    squares = try Storage(count: count + 1)
    for point in 0..<points.count {
      let value = Sum(points.coordinate(0, of: point))
      let weight = Sum(points.weights.base[point])
      precondition(point == 0 || points.coordinate(0, of: point - 1) < points.coordinate(0, of: point))
      let place = point / block + 1
      if point % block == 0 {
        weights.base[place] = weights.base[place - 1]
        values.base[place] = values.base[place - 1]
        squares.base[place] = squares.base[place - 1]
      }
      weights.base[place] += weight
      values.base[place] += weight * value
      squares.base[place] += weight * value * value
    }
  }

  /// The best center of an interval: the allowed center nearest to the mean; of two equally near ones, the higher.
  ///
  /// - Parameters:
  ///   - start: The first block.
  ///   - end: The last block plus 1.
  /// - Returns: An allowed center.
  @inline(__always)
  func center(from start: Int, to end: Int) -> Sum {
    let weight = weights.base[end] - weights.base[start]
    let sum = values.base[end] - values.base[start]
    let floor = sum / weight
    guard let centers else { return 2 * (sum - floor * weight) >= weight ? floor + 1 : floor }
    let (below, above) = centers.around(Int(floor))
    return 2 * sum >= weight * Sum(below + above) ? Sum(above) : Sum(below)
  }

  /// The cost of an interval: the weighted sum of squared distances of its points from its best center.
  ///
  /// - Parameters:
  ///   - start: The first block.
  ///   - end: The last block plus 1.
  /// - Returns: 0 or more.
  @inline(__always)
  func cost(from start: Int, to end: Int) -> Sum {
    let center = center(from: start, to: end)
    let weight = weights.base[end] - weights.base[start]
    let sum = values.base[end] - values.base[start]
    return squares.base[end] - squares.base[start] - center * (2 * sum - center * weight)
  }
}

/// The allowed centers on a line.
struct LineCenters {
  /// For each number from 0 to the upper bound, the nearest center at or below it; the first if there is none.
  private let below: Storage<Int32>

  /// For each number from 0 to the upper bound, the nearest center at or above it; the last if there is none.
  private let above: Storage<Int32>

  /// - Parameters:
  ///   - places: The allowed centers, at least one, in any order.
  ///   - upperBound: The largest number that can be looked up, at least the largest center.
  /// - Throws: `OutOfMemory`.
  init(_ places: Storage<UInt16>, upperBound: Int) throws {
    below = try Storage(count: upperBound + 1)
    above = try Storage(count: upperBound + 1)
    let isPlace = try Storage<Bool>(count: upperBound + 1)
    for place in places.elements { isPlace.base[Int(place)] = true }
    guard let first = isPlace.elements.firstIndex(of: true), let last = isPlace.elements.lastIndex(of: true)
    else { preconditionFailure("there is a place") }
    var nearest = first
    for number in 0...upperBound {
      if isPlace.base[number] { nearest = number }
      below.base[number] = Int32(truncatingIfNeeded: nearest)
    }
    nearest = last
    for number in (0...upperBound).reversed() {
      if isPlace.base[number] { nearest = number }
      above.base[number] = Int32(truncatingIfNeeded: nearest)
    }
  }

  /// Whether a number is a center.
  func contains(_ number: Int) -> Bool { below.base[number] == above.base[number] }

  /// The nearest centers at or below `floor` and at or above `floor + 1`.
  @inline(__always)
  func around(_ floor: Int) -> (below: Int, above: Int) {
    let next = min(floor + 1, above.elements.count - 1)
    return (Int(below.base[floor]), Int(above.base[next]))
  }
}
