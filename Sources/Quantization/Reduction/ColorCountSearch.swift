#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Searches for a number of colors whose error is within a limit, while the error of one color less is not.
///
/// The caller computes the error of the number `next` and passes it to `note`, until `next` is nil.
///
/// The mean squared error of a photograph is about a power of the number of colors. So the next number is where a line
/// through two known numbers and errors, on logarithmic scales, meets the limit (the secant method). If several numbers
/// in a row are on the same side of the result, the step doubles. After `guessLimit` numbers, the interval is halved.
package struct ColorCountSearch {
  /// The largest error with which a number of colors is enough.
  private let limit: Double

  private let ceiling: Int

  /// The largest number known to be too small.
  private var tooSmall: Int

  /// The smallest number above `tooSmall` known to be enough.
  private var enough: Int?

  /// The numbers tried and their errors, without errors of 0.
  private var tries: [(count: Int, error: Double)] = []

  /// How many of the last numbers were on the same side: positive if they were too small, negative if they were enough.
  private var streak = 0

  /// - Parameters:
  ///   - limit: The largest mean squared error that is enough, 0 or more.
  ///   - floor: The smallest number to try, at least 1.
  ///   - ceiling: The largest number to try, at least 1.
  package init(limit: Double, floor: Int = 1, ceiling: Int) {
    self.limit = limit
    tooSmall = min(floor, ceiling) - 1
    self.ceiling = ceiling
  }

  /// The number to try next; nil at the end.
  package var next: Int? {
    let top = enough ?? ceiling + 1
    guard top - tooSmall > 1 else { return nil }
    guard enough == nil || tries.count < Self.guessLimit else { return tooSmall + (top - tooSmall) / 2 }
    // Keeps a distance, which doubles with each number on the same side, from the end of the interval that moved last.
    let step = min(1 << min(max(abs(streak) - 1, 0), 32), top - tooSmall - 1)
    let lowest = streak > 0 ? tooSmall + step : tooSmall + 1
    let highest = streak < 0 ? top - step : top - 1
    return Int(min(max(guess, Double(lowest)), Double(highest)))
  }

  /// The result at the end: a number that is enough while one less is not; the ceiling if that is not enough.
  package var result: Int { enough ?? ceiling }

  /// Records the error of a number of colors: of the last `next`, or of the ceiling before the first `next`.
  package mutating func note(_ count: Int, meanSquaredError error: Double) {
    if error <= limit {
      enough = count
      streak = min(streak, 0) - 1
    } else {
      tooSmall = count
      streak = max(streak, 0) + 1
    }
    if error > 0 {
      tries.append((count, error))
    } else {
      streak = 0
    }
  }

  /// An estimate of the smallest number that is enough. Before any error is known, it is 1, which takes the least time.
  private var guess: Double {
    let known = tries.sorted { distance($0.error) < distance($1.error) }
    guard let nearest = known.first else { return 1 }
    var slope = Self.usualSlope
    if known.count > 1, known[0].count != known[1].count {
      let measured =
        log(known[0].error / known[1].error) / log(Double(known[0].count) / Double(known[1].count))
      slope = min(max(measured, Self.slopes.lowerBound), Self.slopes.upperBound)
    }
    let guess = Double(nearest.count) * exp(log(max(limit, .leastNormalMagnitude) / nearest.error) / slope)
    return min(guess, Double(ceiling)).rounded(.up)
  }

  private func distance(_ error: Double) -> Double {
    abs(log(error) - log(max(limit, .leastNormalMagnitude)))
  }

  /// The slope on logarithmic scales before two errors are known, and the range to which a measured slope is clipped.
  /// From 1 color to 16, 64 and 256, it was -0.95 to -1.39 on the Kodak photographs kodim01, 05 and 08.
  private static let usualSlope = -1.2
  private static let slopes = -4.0 ... -0.25

  /// Number of tries after which the interval is halved.
  private static let guessLimit = 8
}
