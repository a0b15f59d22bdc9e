import Memory

/// Positions of centroids, on a grid that may be finer than that of the points.
///
/// Coordinates are fixed-point numbers. Sums, means and distances are therefore exact, and every way to find the
/// nearest centroid gives the same result.
package struct Centroids {
  /// Number of centroids, at least 1.
  package let count: Int

  /// Number of coordinates of a centroid.
  package let dimension: Int

  /// Number of fractional bits of a coordinate: `standardFractionBits` during k-means, 0 in a palette.
  package let fractionBits: Int

  /// Number of fixed centroids, which never move. They come first and lie on the points' grid.
  package let fixedCount: Int

  /// The coordinates, centroid by centroid: coordinate `d` of centroid `k` at `k * dimension + d`.
  package let coordinates: Storage<Int32>

  /// Number of fractional bits during k-means: the largest for which scores of 8-bit points are exact in a Float (see
  /// `ScoreTable`).
  package static let standardFractionBits = 6

  /// Reserves `count` centroids with all coordinates 0.
  ///
  /// - Throws: `OutOfMemory`.
  package init(
    count: Int, dimension: Int, fractionBits: Int = standardFractionBits, fixedCount: Int = 0
  ) throws {
    self.count = count
    self.fixedCount = fixedCount
    self.dimension = dimension
    self.fractionBits = fractionBits
    coordinates = try Storage(count: count * dimension)
  }

  /// The coordinates of a centroid.
  @inline(__always)
  package func position(_ centroid: Int) -> UnsafeMutablePointer<Int32> {
    guard let base = coordinates.elements.baseAddress else { preconditionFailure("storage is never empty") }
    return base + centroid * dimension
  }

  /// Moves a centroid to a point.
  func place(_ centroid: Int, on point: Int, of points: Points) {
    let position = position(centroid)
    for plane in 0..<dimension {
      position[plane] = Int32(truncatingIfNeeded: points.coordinate(plane, of: point) << fractionBits)
    }
  }

  /// Moves a centroid to the mean of its cluster, rounded to the centroids' grid, halves upward.
  ///
  /// - Parameters:
  ///   - centroid: The number of the centroid.
  ///   - cluster: The weight of the cluster, at least 1, then the weighted sum of each coordinate.
  /// - Returns: The largest move of a coordinate, in units of the centroids' grid.
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
  /// Makes a centroid on each point.
  ///
  /// - Throws: `OutOfMemory`.
  package init(_ points: Points) throws {
    try self.init(count: points.count, dimension: points.dimension)
    for point in 0..<points.count {
      place(point, on: point, of: points)
    }
  }

  /// Puts fixed centroids before these.
  ///
  /// - Parameter fixed: Positions on the points' grid; nil is none.
  /// - Returns: The fixed centroids, then these.
  /// - Throws: `OutOfMemory`.
  package func following(_ fixed: Centroids?) throws -> Centroids {
    guard let fixed else { return self }
    let all = try fixed.fixedInPlace(followedBy: count)
    all.position(fixed.count).update(from: position(0), count: count * dimension)
    return all
  }

  /// The centroids that are not fixed, in their order.
  ///
  /// - Throws: `OutOfMemory`.
  package func withoutFixed() throws -> Centroids {
    try selecting(GrowingStorage(fixedCount..<count))
  }

  /// Converts these positions, which lie on the points' grid, to fixed centroids and appends free ones.
  ///
  /// - Parameter freeCount: Number of free centroids, 0 or more.
  /// - Returns: The fixed centroids, then the free ones with all coordinates 0.
  /// - Throws: `OutOfMemory`.
  func fixedInPlace(followedBy freeCount: Int = 0) throws -> Centroids {
    let all = try Centroids(count: count + freeCount, dimension: dimension, fixedCount: count)
    refine(into: all)
    return all
  }

  /// These positions, which lie on the points' grid, as centroids that are not fixed.
  ///
  /// - Throws: `OutOfMemory`.
  func refined() throws -> Centroids {
    let refined = try Centroids(count: count, dimension: dimension)
    refine(into: refined)
    return refined
  }

  /// Stores these positions as the first ones of centroids with fractional bits.
  private func refine(into centroids: Centroids) {
    precondition(fractionBits == 0)
    for place in 0..<count * dimension {
      centroids.coordinates.base[place] = coordinates.base[place] << Int32(centroids.fractionBits)
    }
  }
}

extension Centroids {
  /// The centroids with the given numbers, in the given order.
  func selecting(_ numbers: GrowingStorage<Int>) throws -> Centroids {
    let selected = try Centroids(count: numbers.count, dimension: dimension, fractionBits: fractionBits)
    for (index, number) in numbers.enumerated() {
      selected.position(index).update(from: position(number), count: dimension)
    }
    return selected
  }

  /// The distinct centroids in lexicographic order.
  package func sortedDistinct() throws -> Centroids {
    let sorted = try GrowingStorage(0..<count)
    try sorted.sort { compare($0, $1) < 0 }
    var distinct = try GrowingStorage<Int>()
    for number in sorted where distinct.last.map({ compare($0, number) != 0 }) ?? true {
      try distinct.append(number)
    }
    return try selecting(distinct)
  }

  /// Compares two centroids in lexicographic order. The result is negative if the first precedes the second, 0 if they
  /// are equal, else positive.
  func compare(_ first: Int, _ second: Int) -> Int {
    compare(first, with: position(second))
  }

  /// Compares a centroid with a position on the same grid.
  func compare(_ number: Int, with other: UnsafePointer<Int32>) -> Int {
    let position = position(number)
    for plane in 0..<dimension where position[plane] != other[plane] {
      return Int(position[plane]) - Int(other[plane])
    }
    return 0
  }
}

/// Divides a sum by a weight, exactly rounded to the nearest fixed-point number, halves upward.
///
/// - Parameters:
///   - sum: 0 or more.
///   - weight: At least 1.
///   - fractionBits: Number of fractional bits of the result.
/// - Returns: The quotient.
@inline(__always)
func roundedQuotient(_ sum: Int, _ weight: Int, fractionBits: Int) -> Int {
  let (whole, rest) = sum.quotientAndRemainder(dividingBy: weight)
  // `rest` is less than `weight`, the weight of some points, so the shift does not overflow.
  return whole << fractionBits + ((rest << (fractionBits + 1)) + weight) / (2 * weight)
}
