import Memory

/// The cheapest ways to cut a line into intervals, where each interval costs a penalty besides its own cost.
///
/// The cost of intervals fulfils the quadrangle inequality, so a cut that is once the better last one stays so as the
/// line grows; the candidates are in a queue, each with the end from which on it is the best.
///
/// Hirschberg and Larmore, "The least weight subsequence problem", SIAM Journal on Computing 16(4), 1987.
struct PenalizedPath<Sum: FixedWidthInteger & SignedInteger & BitwiseCopyable> {
  private let line: PointLine<Sum>

  /// For each number of first points, the least cost of cutting them, costs being doubled.
  private let leastCosts: Storage<Sum>

  /// For each number of first points, where the last interval begins.
  private let lastStarts: Storage<Int32>

  /// The candidates: where a last interval may begin, and the first end for which that is best.
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

  /// Cuts the line.
  ///
  /// - Parameter penalty: What each interval costs besides twice its own cost, 0 or more.
  /// - Returns: Where the intervals begin, ascending from 0, then the number of points; what they cost, doubled, with the
  ///   penalties.
  /// - Throws: `OutOfMemory`.
  /// - Complexity: O(*n* log *n*) for *n* points.
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
      // Candidates that the new one beats from their first end on.
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

  /// What the first points cost whose last interval is this one.
  @inline(__always)
  private func cost(from start: Int, to end: Int, _ penalty: Sum) -> Sum {
    leastCosts.base[start] + 2 * line.cost(from: start, to: end) + penalty
  }

  /// Whether a last interval that begins at `start` is cheaper than one that begins where a candidate does.
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
