import Memory

/// The clustering of points on a line with the lowest possible inertia.
///
/// On a line, clusters are intervals. The cost of an interval with its best center satisfies the quadrangle inequality,
/// whichever centers are allowed. So the lowest total cost is a convex function of the number of intervals. For each
/// number of intervals, there is then a penalty per interval for which that number minimizes cost plus penalties. A
/// search finds the penalty for the wanted number. If several numbers of intervals are equally cheap for it, a cut into
/// fewer and a cut into more intervals are spliced.
///
/// Grønlund, Larsen, Mathiasen, Nielsen, Schneider and Song, "Fast exact k-means, k-medians and Bregman divergence
/// clustering in 1D", arXiv 1701.07204, 2017. The splice: Aggarwal, Schieber and Tokuyama, "Finding a minimum-weight
/// k-link path in graphs with the concave Monge property and applications", Discrete & Computational Geometry 12, 1994.
package enum LineOptimum {
  /// Finds the optimal centers.
  ///
  /// - Parameters:
  ///   - points: Points with one coordinate, in ascending order.
  ///   - count: Number of centers, from 1 to the number of points.
  ///   - places: The allowed centers; nil allows every whole number.
  /// - Returns: Centers on the points' grid, in ascending order, with the lowest possible inertia. They are distinct if
  ///   all points are allowed centers.
  /// - Throws: `OutOfMemory`.
  package static func centers(of points: Points, count: Int, places: Storage<UInt16>?) throws -> Centroids {
    let centers = try places.map { try LineCenters($0, upperBound: points.upperBound) }
    let weight = points.weights.elements[0..<points.count].reduce(Int128(0)) { $0 + Int128($1) }
    let bound = Int128(points.upperBound)
    return 8 * weight * bound * bound < Int128(Int.max)
      ? try optimum(points, count, centers, Int.self) : try optimum(points, count, centers, Int128.self)
  }

  private static func optimum<Sum: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ points: Points, _ count: Int, _ centers: LineCenters?, _ type: Sum.Type
  ) throws -> Centroids {
    let line = try PointLine<Sum>(points, centers: centers)
    var guess: Sum?
    if count <= points.count / (4 * blockSize) {
      // Cutting blocks of points is much faster, and the penalty found is close to that for single points.
      guess = try cut(PointLine(points, centers: centers, block: blockSize), into: count, guess: nil).penalty
    }
    let cut = try cut(line, into: count, guess: guess).cut
    let centers = try Centroids(count: count, dimension: 1, fractionBits: 0)
    for interval in 0..<count {
      let (start, end) = (Int(cut.base[interval]), Int(cut.base[interval + 1]))
      centers.position(interval)[0] = Int32(truncatingIfNeeded: line.center(from: start, to: end))
    }
    return centers
  }

  /// The cheapest cut for a penalty per interval.
  private struct Candidate<Sum> {
    let penalty: Sum
    let cut: Storage<Int32>

    /// Twice the cost of the intervals, without penalties.
    let cost: Sum

    var count: Int { cut.elements.count - 1 }
  }

  /// Number of points in a block.
  private static let blockSize = 16

  /// Finds the cheapest cut into `count` intervals.
  ///
  /// Costs are doubled and penalties are odd, so exactly one number of intervals is cheapest for each penalty.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - count: Number of intervals.
  ///   - guess: A penalty that may lead to `count` intervals; nil is none.
  /// - Returns: The cut, and a penalty for which it is cheapest or almost cheapest. `cost` may be that of another cut.
  /// - Throws: `OutOfMemory`.
  private static func cut<Sum>(
    _ line: PointLine<Sum>, into count: Int, guess: Sum?
  ) throws -> Candidate<Sum> {
    let path = try PenalizedPath(line)
    let singles = (0..<line.count).reduce(Sum(0)) { $0 + 2 * line.cost(from: $1, to: $1 + 1) }
    // With a penalty of 1, each block is an interval of its own: joining two intervals saves a penalty of 1, but raises
    // the doubled cost by 2 or more. With a penalty above the doubled cost of the whole line, the line is one interval.
    // If some points are no allowed centers, joining two may cost nothing. Then only a negative penalty has this effect.
    var more = Candidate(
      penalty: Sum(line.areAllPointsCenters ? 1 : -1), cut: try Storage<Int32>(count: line.count + 1),
      cost: singles)
    for place in 0...line.count { more.cut.base[place] = Int32(truncatingIfNeeded: place) }
    let whole = 2 * line.cost(from: 0, to: line.count)
    var fewer = Candidate(penalty: whole + 1, cut: try Storage<Int32>(count: 2), cost: whole)
    fewer.cut.base[1] = Int32(truncatingIfNeeded: line.count)
    var last: Candidate<Sum>?
    for step in 0... {
      if more.count == count { return more }
      if fewer.count == count { return fewer }
      guard fewer.penalty - more.penalty > 2 else { break }
      let near: Sum? =
        switch step {
        case 0: guess
        case 1...3 where more.count > 2 * count || 2 * fewer.count < count: last.map { scaled($0, to: count) }
        default: step % 4 == 3 ? nil : slope(from: more, to: fewer)
        }
      let penalty =
        near.map { min(max($0, more.penalty + 2), fewer.penalty - 2) }
        ?? penalty(between: more, fewer, for: count, halving: step > 0)
      let (cut, cost) = try path.cut(penalty: penalty)
      let candidate = Candidate(
        penalty: penalty, cut: cut, cost: cost - penalty * Sum(cut.elements.count - 1))
      if candidate.count >= count { more = candidate } else { fewer = candidate }
      last = candidate
    }
    // The cost is that of `more`. No caller uses it.
    return Candidate(
      penalty: more.penalty, cut: try splice(fewer.cut, more.cut, into: count), cost: more.cost)
  }

  /// The penalty for which both cuts are equally cheap, or the next odd one. If no cut is cheaper for it, all numbers
  /// of intervals between those of the two cuts are equally cheap.
  private static func slope<Sum: FixedWidthInteger>(
    from more: Candidate<Sum>, to fewer: Candidate<Sum>
  ) -> Sum {
    let slope = (fewer.cost - more.cost) / Sum(more.count - fewer.count)
    return slope | 1 < fewer.penalty ? slope | 1 : slope - 1
  }

  /// Estimates the penalty for `count` intervals from that of another cut. For points of uniform density, it is
  /// inversely proportional to the cube of the number of intervals.
  private static func scaled<Sum: FixedWidthInteger>(_ candidate: Candidate<Sum>, to count: Int) -> Sum {
    let ratio = Double(candidate.count) / Double(count)
    return Sum(min(Double(candidate.penalty) * ratio * ratio * ratio, Double(Sum.max) / 2)) | 1
  }

  /// An odd penalty between those of two cuts: interpolated for `count` intervals on logarithmic scales or, if
  /// `halving`, half way.
  private static func penalty<Sum: FixedWidthInteger>(
    between more: Candidate<Sum>, _ fewer: Candidate<Sum>, for count: Int, halving: Bool
  ) -> Sum {
    let (low, high) = (logarithm(max(Double(more.penalty), 1)), logarithm(Double(fewer.penalty)))
    let (most, least) = (logarithm(Double(more.count)), logarithm(Double(fewer.count)))
    let part = halving ? 0.5 : (most - logarithm(Double(count))) / (most - least)
    let guess = Sum(power(low + (high - low) * part)) | 1
    return min(max(guess, more.penalty + 2), fewer.penalty - 2)
  }

  /// An approximate binary logarithm: exact for powers of two and linear between them, so that it is the same on every
  /// machine.
  private static func logarithm(_ number: Double) -> Double {
    Double(number.exponent) + number.significand - 1
  }

  /// The inverse of `logarithm`.
  private static func power(_ logarithm: Double) -> Double {
    let exponent = logarithm.rounded(.down)
    return Double(sign: .plus, exponent: Int(exponent), significand: 1 + logarithm - exponent)
  }

  /// Splices the beginning of `more` and the end of `fewer`. If both cuts are cheapest for one penalty, so is the
  /// result.
  ///
  /// - Parameters:
  ///   - fewer: A cut into fewer than `count` intervals.
  ///   - more: A cut into more than `count` intervals.
  ///   - count: Number of intervals.
  /// - Returns: A cut into `count` intervals.
  /// - Throws: `OutOfMemory`.
  private static func splice(
    _ fewer: Storage<Int32>, _ more: Storage<Int32>, into count: Int
  ) throws -> Storage<Int32> {
    // The splice is in the first interval i of `fewer` that does not end before interval i + `offset` of `more`.
    let offset = count - (fewer.elements.count - 1)
    guard
      let crossing = (0..<fewer.elements.count - 1).first(where: {
        more.base[$0 + offset + 1] <= fewer.base[$0 + 1]
      })
    else { preconditionFailure("both end with the last point") }
    let spliced = try Storage<Int32>(count: count + 1)
    for place in 0...count {
      spliced.base[place] =
        place <= crossing + offset ? more.base[place] : fewer.base[place - offset]
    }
    return spliced
  }
}
