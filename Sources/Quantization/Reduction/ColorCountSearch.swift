#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Searches for a number of colors that is enough while one less is not: says which number to try next.
///
/// The mean squared error of a photograph falls about as a power of the number of colors, so the next number to try
/// is where the line through two known ones, on logarithmic scales, meets the limit (the secant method). Between
/// numbers known to be too small and to be enough it ends by itself; where guesses keep falling on one side the
/// steps double, and after some tries the interval is halved.
package struct ColorCountSearch {
  /// The largest error that is enough.
  private let limit: Double

  private let ceiling: Int

  /// The largest number known to be too small.
  private var tooSmall: Int

  /// The smallest number above `tooSmall` known to be enough.
  private var enough: Int?

  /// The tries with an error above 0.
  private var tries: [(count: Int, error: Double)] = []

  /// Consecutive tries on one side: positive if too small, negative if enough.
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
    // As far from the end that moved last as it takes to get on.
    let step = min(1 << min(max(abs(streak) - 1, 0), 32), top - tooSmall - 1)
    let lowest = streak > 0 ? tooSmall + step : tooSmall + 1
    let highest = streak < 0 ? top - step : top - 1
    return Int(min(max(guess, Double(lowest)), Double(highest)))
  }

  /// The number found at the end: enough, while one less is not; or the ceiling, if that is not enough.
  package var result: Int { enough ?? ceiling }

  /// Records the error of a number of colors: of one that `next` gave, or of the ceiling before the first try.
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

  /// The smallest number that seems to be enough; one color, the cheapest to try, before anything is known.
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

  /// The slope on logarithmic scales before one is known, and what may pass for one. From 1 color to 16, 64 and 256 it
  /// was -0.95 to -1.39 on the Kodak photographs kodim01, 05 and 08.
  private static let usualSlope = -1.2
  private static let slopes = -4.0 ... -0.25

  /// Tries after which the interval is halved.
  private static let guessLimit = 8
}
