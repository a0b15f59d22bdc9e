/// Measures the time of each stage of the program.
struct Stopwatch {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var stages: [(name: String, seconds: Double)] = []

  /// Starts the first stage.
  init() {
    last = clock.now
  }

  /// Ends the current stage, gives it a name and starts the next one.
  mutating func mark(_ name: String) {
    let now = clock.now
    let (seconds, attoseconds) = (now - last).components
    stages.append((name, Double(seconds * 1_000_000_000 + attoseconds / 1_000_000_000) / 1e9))
    last = now
  }

  /// A copy with the stages so far, whose next stage starts now.
  var resumed: Stopwatch {
    var watch = self
    watch.last = clock.now
    return watch
  }

  /// The seconds of a stage; 0 if there is no such stage.
  func seconds(_ name: String) -> Double {
    stages.first { $0.name == name }?.seconds ?? 0
  }

  /// The seconds of all stages: `seconds: 0.012 reading, 0.034 clustering`.
  var summary: String {
    let parts = stages.map { "\($0.seconds.fixed(digits: 3)) \($0.name)" }
    return "seconds: \(parts.joined(separator: ", "))"
  }
}

extension Double {
  /// Formats a number of 0 or more with a fixed number of decimal places.
  func fixed(digits: Int, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) -> String {
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    let whole = String(Int((self * power).rounded(rule)))
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }
}
