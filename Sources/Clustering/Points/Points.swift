import Memory

/// What k-means clusters: distinct points on a grid, each with a weight.
///
/// The points are in Morton order or in another that keeps near points together; the tree is built on it. They may
/// fall in two parts, each in such an order by itself.
package final class Points {
  /// Points, at least 1.
  package let count: Int

  /// Coordinates of a point, at least 1.
  package let dimension: Int

  /// The largest value a coordinate may have, `1...65535`.
  package let upperBound: Int

  /// The coordinates, plane by plane: coordinate `d` of point `i` at `d * count + i`.
  package let coordinates: Storage<UInt16>

  /// A count of pixels for each point, at least 1.
  package let weights: Storage<Int>

  /// The first point of the second part; nil if there is one part only.
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
  func coordinate(_ plane: Int, of point: Int) -> Int {
    Int(coordinates.elements[plane * count + point])
  }

  /// The squared distance between a point and a position on the grid, which has `dimension` coordinates with
  /// `fractionBits` fractional bits, in units of the grid squared times `4^fractionBits`.
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
  /// Counts the points that are not at one of some positions.
  ///
  /// - Parameter positions: On the points' grid, distinct and in lexicographic order; nil is none.
  /// - Returns: How many.
  package func count(notOn positions: Centroids?) -> Int {
    guard let positions else { return count }
    return (0..<count).count { point in
      let number = (0..<positions.count).partitioningIndex {
        compare(point, with: positions.position($0)) <= 0
      }
      return number == positions.count || compare(point, with: positions.position(number)) != 0
    }
  }

  /// Below 0, 0 or above 0 as a point precedes a position on its grid, is at it or follows it.
  private func compare(_ point: Int, with position: UnsafePointer<Int32>) -> Int {
    for plane in 0..<dimension {
      let difference = coordinate(plane, of: point) - Int(position[plane])
      if difference != 0 { return difference }
    }
    return 0
  }
}
