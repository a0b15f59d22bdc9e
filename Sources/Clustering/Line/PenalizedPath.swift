import Memory

/// Finds the cut of a line into intervals for which the sum of costs and penalties, one for each interval, is lowest.
///
/// The cost satisfies the quadrangle inequality. So if, for some end, a later start of the last interval is cheaper
/// than an earlier start, it is also cheaper for all later ends. A queue holds the candidate starts, each with the
/// first end for which it is the cheapest.
///
/// Hirschberg and Larmore, "The least weight subsequence problem", SIAM Journal on Computing 16(4), 1987.
struct PenalizedPath<Sum: FixedWidthInteger & SignedInteger & BitwiseCopyable> {
  private let line: PointLine<Sum>

  /// For each *n*, the lowest doubled cost, with penalties, of cutting the first *n* blocks.
  private let leastCosts: Storage<Sum>

  /// For each *n*, the start of the last interval in the cheapest cut of the first *n* blocks.
  private let lastStarts: Storage<Int32>

  /// The queue: candidate starts of the last interval, and the first end for which each is the cheapest.
  private let starts: Storage<Int32>
  private let firstEnds: Storage<Int32>

  /// - Throws: `OutOfMemory`.
  init(_ line: PointLine<Sum>) throws {
    self.line = line
    leastCosts = try Storage(count: line.count + 1)
    lastStarts = try Storage(count: line.count + 1)
    starts = try Storage(count: line.count + 1)
    firstEnds = try Storage(count: line.count + 1)
  }

  /// Finds the cheapest cut.
  ///
  /// - Parameter penalty: The penalty of each interval, which is added to twice its cost; -1 or more.
  /// - Returns: The starts of the intervals, ascending from 0, then the end of the line; and the doubled cost of the
  ///   intervals plus their penalties.
  /// - Throws: `OutOfMemory`.
  /// - Complexity: O(*n* log *n*) for *n* blocks.
  func cut(penalty: Sum) throws -> (cut: Storage<Int32>, cost: Sum) {
    let count = line.count
    var (head, tail) = (0, 1)
    starts.base[0] = 0
    firstEnds.base[0] = 1
    for end in 1...count {
      while head + 1 < tail && Int(firstEnds.base[head + 1]) <= end { head += 1 }
      let start = Int(starts.base[head])
      leastCosts.base[end] = cost(from: start, to: end, penalty)
      lastStarts.base[end] = Int32(truncatingIfNeeded: start)
      guard end < count else { break }
      // Remove candidates that the new one beats at their first end.
      while tail > head {
        let first = max(Int(firstEnds.base[tail - 1]), end + 1)
        guard isCheaper(end, than: tail - 1, to: first) else { break }
        tail -= 1
      }
      if tail == head {
        starts.base[tail] = Int32(truncatingIfNeeded: end)
        firstEnds.base[tail] = Int32(truncatingIfNeeded: end + 1)
        tail += 1
      } else if isCheaper(end, than: tail - 1, to: count) {
        let low = max(Int(firstEnds.base[tail - 1]), end + 1) + 1
        let first = (low..<count).partitioningIndex { isCheaper(end, than: tail - 1, to: $0) }
        starts.base[tail] = Int32(truncatingIfNeeded: end)
        firstEnds.base[tail] = Int32(truncatingIfNeeded: first)
        tail += 1
      }
    }
    return (try path(), leastCosts.base[count])
  }

  /// The lowest doubled cost of the first `end` blocks if the last interval begins at `start`.
  @inline(__always)
  private func cost(from start: Int, to end: Int, _ penalty: Sum) -> Sum {
    leastCosts.base[start] + 2 * line.cost(from: start, to: end) + penalty
  }

  /// Whether the last interval, which ends at `end`, is cheaper from `start` on than from the start of a candidate on.
  @inline(__always)
  private func isCheaper(_ start: Int, than candidate: Int, to end: Int) -> Bool {
    cost(from: start, to: end, 0) < cost(from: Int(starts.base[candidate]), to: end, 0)
  }

  private func path() throws -> Storage<Int32> {
    var length = 0
    var end = line.count
    while end > 0 {
      length += 1
      end = Int(lastStarts.base[end])
    }
    let path = try Storage<Int32>(count: length + 1)
    end = line.count
    for place in (0...length).reversed() {
      path.base[place] = Int32(truncatingIfNeeded: end)
      if place > 0 { end = Int(lastStarts.base[end]) }
    }
    return path
  }
}
