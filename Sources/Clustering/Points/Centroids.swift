import Memory

/// Positions of centroids on a grid finer than that of the points.
///
/// Coordinates are fixed-point numbers, so that sums, means and distances are exact and every way to find the
/// nearest centroid agrees to the last bit.
package struct Centroids {
  /// Centroids, at least 1.
  package let count: Int

  /// Coordinates of a centroid.
  package let dimension: Int

  /// Fractional bits of a coordinate: `standardFractionBits` while k-means is on its way, 0 for a palette.
  package let fractionBits: Int

  /// How many of the centroids, the first, stay where they are: all whole numbers on the points' grid.
  package let fixedCount: Int

  /// The coordinates, centroid by centroid: coordinate `d` of centroid `k` at `k * dimension + d`.
  package let coordinates: Storage<Int32>

  /// Fractional bits of centroids on their way: the most with which scores of 8-bit points are exact in a Float
  /// (see `ScoreTable`).
  package static let standardFractionBits = 6

  /// Reserves `count` centroids, all at 0.
  package init(
    count: Int, dimension: Int, fractionBits: Int = standardFractionBits, fixedCount: Int = 0
  ) throws {
    self.count = count
    self.fixedCount = fixedCount
    self.dimension = dimension
    self.fractionBits = fractionBits
    coordinates = try Storage(count: count * dimension)
  }

  /// Where the coordinates of a centroid begin.
  @inline(__always)
  package func position(_ centroid: Int) -> UnsafeMutablePointer<Int32> {
    guard let base = coordinates.elements.baseAddress else { preconditionFailure("storage is never empty") }
    return base + centroid * dimension
  }

  /// Moves a centroid onto a point.
  func place(_ centroid: Int, on point: Int, of points: Points) {
    let position = position(centroid)
    for plane in 0..<dimension {
      position[plane] = Int32(truncatingIfNeeded: points.coordinate(plane, of: point) << fractionBits)
    }
  }

  /// Moves a centroid to the mean of its cluster, rounded to the grid, halves upward.
  ///
  /// - Returns: The largest distance that a coordinate has moved, in units of the fine grid.
  @discardableResult
  func place(_ centroid: Int, onMeanOf cluster: UnsafePointer<Int>) -> Int {
    let weight = cluster[0]
    let position = position(centroid)
    var largest = 0
    for plane in 0..<dimension {
      let mean = roundedQuotient(cluster[plane + 1], weight, fractionBits: fractionBits)
      largest = max(largest, abs(mean - Int(position[plane])))
      position[plane] = Int32(truncatingIfNeeded: mean)
    }
    return largest
  }
}

extension Centroids {
  /// These centroids on their way, behind fixed ones.
  ///
  /// - Parameter fixed: Positions on the points' own grid; nil is none.
  /// - Returns: All together.
  /// - Throws: `OutOfMemory`.
  func following(_ fixed: Centroids?) throws -> Centroids {
    guard let fixed else { return self }
    let all = try fixed.fixedInPlace(followedBy: count)
    all.position(fixed.count).update(from: position(0), count: count * dimension)
    return all
  }

  /// These positions on the points' own grid as fixed centroids on their way, and room for others behind them.
  ///
  /// - Parameter freeCount: Others, 0 or more.
  /// - Returns: All together; the others are at 0.
  /// - Throws: `OutOfMemory`.
  func fixedInPlace(followedBy freeCount: Int = 0) throws -> Centroids {
    precondition(fractionBits == 0)
    let all = try Centroids(count: count + freeCount, dimension: dimension, fixedCount: count)
    for place in 0..<count * dimension {
      all.coordinates.base[place] = coordinates.base[place] << Int32(all.fractionBits)
    }
    return all
  }
}

extension Centroids {
  /// The centroids with these numbers, in this order.
  func selecting(_ numbers: GrowingStorage<Int>) throws -> Centroids {
    let selected = try Centroids(count: numbers.count, dimension: dimension, fractionBits: fractionBits)
    for (index, number) in numbers.enumerated() {
      selected.position(index).update(from: position(number), count: dimension)
    }
    return selected
  }

  /// The centroids sorted by their first coordinates, then the second, and so on, equals left out.
  package func sortedDistinct() throws -> Centroids {
    let sorted = try GrowingStorage(0..<count)
    try sorted.sort { compare($0, $1) < 0 }
    var distinct = try GrowingStorage<Int>()
    for number in sorted where distinct.last.map({ compare($0, number) != 0 }) ?? true {
      try distinct.append(number)
    }
    return try selecting(distinct)
  }

  /// Below 0, 0 or above 0 as one centroid comes before another, equals it or comes after it in lexicographic
  /// order.
  func compare(_ first: Int, _ second: Int) -> Int {
    compare(first, with: position(second))
  }

  /// The same with a position on the same grid.
  func compare(_ number: Int, with other: UnsafePointer<Int32>) -> Int {
    let position = position(number)
    for plane in 0..<dimension where position[plane] != other[plane] {
      return Int(position[plane]) - Int(other[plane])
    }
    return 0
  }
}

/// `sum / weight` with fractional bits, rounded to the nearest, halves upward; exact for sums of any size.
///
/// - Parameters:
///   - sum: 0 or more.
///   - weight: At least 1.
///   - fractionBits: Fractional bits of the result.
/// - Returns: The quotient.
@inline(__always)
func roundedQuotient(_ sum: Int, _ weight: Int, fractionBits: Int) -> Int {
  let (whole, rest) = sum.quotientAndRemainder(dividingBy: weight)
  // `rest` is below `weight`, a count of pixels, which leaves room for the fractional bits.
  return whole << fractionBits + ((rest << (fractionBits + 1)) + weight) / (2 * weight)
}
