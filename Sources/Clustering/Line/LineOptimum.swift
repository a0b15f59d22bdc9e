import Memory

/// The optimum of k-means on a line.
///
/// On a line clusters are intervals. The cost of an interval with its best center fulfils the quadrangle inequality,
/// whichever centers are allowed, so the least cost is convex in the number of intervals: each number of them is
/// cheapest for some penalty on intervals. The penalty is searched for; where several numbers of intervals are equally
/// cheap, two of the cuts are spliced.
///
/// Grønlund, Larsen, Mathiasen, Nielsen, Schneider and Song, "Fast exact k-means, k-medians and Bregman divergence
/// clustering in 1D", arXiv 1701.07204, 2017. The splice: Aggarwal, Schieber and Tokuyama, "Finding a minimum-weight
/// k-link path in graphs with the concave Monge property and applications", Discrete & Computational Geometry 12, 1994.
package enum LineOptimum {
  /// Finds the centers.
  ///
  /// - Parameters:
  ///   - points: Points of one coordinate, in ascending order.
  ///   - count: Centers wanted, at least 1 and at most as many as there are points.
  ///   - places: Where centers may be, all points among them; nil is every whole number.
  /// - Returns: Centers on the points' grid, distinct and ascending, of the least inertia that so many can have.
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
      // Blocks take less time, and what fits them almost fits the points.
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

  /// The cheapest cut for a penalty.
  private struct Candidate<Sum> {
    let penalty: Sum
    let cut: Storage<Int32>

    /// Twice what its intervals cost, without penalties.
    let cost: Sum

    var count: Int { cut.elements.count - 1 }
  }

  /// Points in a block.
  private static let blockSize = 16

  /// The cheapest cut into so many intervals.
  ///
  /// Costs are doubled and penalties odd, so that no two numbers of intervals are equally cheap for one penalty.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - count: Intervals wanted.
  ///   - guess: A penalty that may lead to so many; nil is none.
  /// - Returns: The cut, and its penalty or a near one.
  /// - Throws: `OutOfMemory`.
  private static func cut<Sum>(
    _ line: PointLine<Sum>, into count: Int, guess: Sum?
  ) throws -> Candidate<Sum> {
    let path = try PenalizedPath(line)
    let singles = (0..<line.count).reduce(Sum(0)) { $0 + 2 * line.cost(from: $1, to: $1 + 1) }
    // For 1 each block is an interval of its own: to join two saves 1 and costs 2 or more. To cut what costs less than a
    // penalty does not pay.
    var more = Candidate(penalty: Sum(1), cut: try Storage<Int32>(count: line.count + 1), cost: singles)
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
    // Only its cut matters now.
    return Candidate(
      penalty: more.penalty, cut: try splice(fewer.cut, more.cut, into: count), cost: more.cost)
  }

  /// The penalty for which two cuts are equally cheap, or the odd one next to it: where no cut between is cheaper then, all
  /// are as cheap.
  private static func slope<Sum: FixedWidthInteger>(
    from more: Candidate<Sum>, to fewer: Candidate<Sum>
  ) -> Sum {
    let slope = (fewer.cost - more.cost) / Sum(more.count - fewer.count)
    return slope | 1 < fewer.penalty ? slope | 1 : slope - 1
  }

  /// The penalty that would lead to a number of intervals if these had the same density everywhere: then it falls with
  /// the cube of their number.
  private static func scaled<Sum: FixedWidthInteger>(_ candidate: Candidate<Sum>, to count: Int) -> Sum {
    let ratio = Double(candidate.count) / Double(count)
    return Sum(min(Double(candidate.penalty) * ratio * ratio * ratio, Double(Sum.max) / 2)) | 1
  }

  /// An odd penalty between two, for which the number of intervals may be that wanted: on a straight line of their
  /// logarithms, or half way.
  private static func penalty<Sum: FixedWidthInteger>(
    between more: Candidate<Sum>, _ fewer: Candidate<Sum>, for count: Int, halving: Bool
  ) -> Sum {
    let (low, high) = (logarithm(Double(more.penalty)), logarithm(Double(fewer.penalty)))
    let (most, least) = (logarithm(Double(more.count)), logarithm(Double(fewer.count)))
    let part = halving ? 0.5 : (most - logarithm(Double(count))) / (most - least)
    let guess = Sum(power(low + (high - low) * part)) | 1
    return min(max(guess, more.penalty + 2), fewer.penalty - 2)
  }

  /// A logarithm to the base 2 that is exact for powers of two and straight between them, so that it is the same
  /// everywhere.
  private static func logarithm(_ number: Double) -> Double {
    Double(number.exponent) + number.significand - 1
  }

  /// The inverse of `logarithm`.
  private static func power(_ logarithm: Double) -> Double {
    let exponent = logarithm.rounded(.down)
    return Double(sign: .plus, exponent: Int(exponent), significand: 1 + logarithm - exponent)
  }

  /// Joins the beginning of one cut and the end of another, which are equally cheap for one penalty, to one that is as
  /// cheap.
  ///
  /// - Parameters:
  ///   - fewer: A cut into fewer intervals than are wanted.
  ///   - more: A cut into more.
  ///   - count: Intervals wanted.
  /// - Returns: A cut into so many.
  /// - Throws: `OutOfMemory`.
  private static func splice(
    _ fewer: Storage<Int32>, _ more: Storage<Int32>, into count: Int
  ) throws -> Storage<Int32> {
    // The first interval of the one cut that holds the interval of the other which is so many further on.
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
