/// Tells how long the stages of the work took.
struct Stopwatch {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var stages: [(name: String, seconds: Double)] = []

  /// Starts the first stage.
  init() {
    last = clock.now
  }

  /// Ends the stage that was under way and starts the next.
  mutating func mark(_ name: String) {
    let now = clock.now
    let (seconds, attoseconds) = (now - last).components
    stages.append((name, Double(seconds) + Double(attoseconds) * 1e-18))
    last = now
  }

  /// The seconds of each stage: `seconds: 0.012 reading, 0.034 clustering`.
  var summary: String {
    let parts = stages.map { stage in
      let milliseconds = String(Int((stage.seconds * 1000).rounded()))
      let digits = String(repeating: "0", count: max(0, 4 - milliseconds.count)) + milliseconds
      return "\(digits.dropLast(3)).\(digits.suffix(3)) \(stage.name)"
    }
    return "seconds: \(parts.joined(separator: ", "))"
  }
}
