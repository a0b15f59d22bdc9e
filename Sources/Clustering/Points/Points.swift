import Memory

/// The input of a clustering: distinct points on a grid, each with a weight.
///
/// The points are in Morton order or in another order that keeps close points together. The tree relies on that. The
/// points may consist of two parts, each in such an order.
package final class Points {
  /// Number of points, at least 1.
  package let count: Int

  /// Number of coordinates of a point, at least 1.
  package let dimension: Int

  /// The largest coordinate of the grid, `1...65535`.
  package let upperBound: Int

  /// The coordinates, plane by plane: coordinate `d` of point `i` at `d * count + i`.
  package let coordinates: Storage<UInt16>

  /// The weight of each point, at least 1: its number of pixels, unless the user gives other weights.
  package let weights: Storage<Int>

  /// The first point of the second part; nil if there is only one part.
  let secondPart: Int?

  /// Takes over coordinates and weights.
  package init(
    count: Int, dimension: Int, upperBound: Int, coordinates: Storage<UInt16>, weights: Storage<Int>,
    secondPart: Int? = nil
  ) {
    precondition(count >= 1 && dimension >= 1 && (1...65535).contains(upperBound))
    precondition(secondPart.map { (1..<count).contains($0) } ?? true)
    precondition(coordinates.elements.count >= count * dimension && weights.elements.count >= count)
    self.count = count
    self.dimension = dimension
    self.upperBound = upperBound
    self.coordinates = coordinates
    self.weights = weights
    self.secondPart = secondPart
  }

  /// One coordinate of one point.
  @inline(__always)
  package func coordinate(_ plane: Int, of point: Int) -> Int {
    Int(coordinates.elements[plane * count + point])
  }

  /// The squared distance between a point and a position.
  ///
  /// The position has `dimension` coordinates with `fractionBits` fractional bits. The unit is that of the position's
  /// grid, squared.
  @inline(__always)
  func squaredDistance(_ point: Int, to position: UnsafePointer<Int32>, fractionBits: Int) -> Int {
    var sum = 0
    for plane in 0..<dimension {
      let difference = coordinate(plane, of: point) << fractionBits - Int(position[plane])
      sum += difference * difference
    }
    return sum
  }
}

extension Points {
  /// Counts the points that are at none of the given positions.
  ///
  /// - Parameter positions: Distinct positions on the points' grid, in lexicographic order; nil is none.
  /// - Returns: The number of points.
  /// - Complexity: O(*n* log *p*) for *n* points and *p* positions.
  package func count(notOn positions: Centroids?) -> Int {
    guard let positions else { return count }
    return (0..<count).count { point in
      let number = (0..<positions.count).partitioningIndex {
        compare(point, with: positions.position($0)) <= 0
      }
      return number == positions.count || compare(point, with: positions.position(number)) != 0
    }
  }

  /// Compares a point with a position on the points' grid in lexicographic order. The result is negative if the point
  /// precedes the position, 0 if they are equal, else positive.
  private func compare(_ point: Int, with position: UnsafePointer<Int32>) -> Int {
    for plane in 0..<dimension {
      let difference = coordinate(plane, of: point) - Int(position[plane])
      if difference != 0 { return difference }
    }
    return 0
  }
}
