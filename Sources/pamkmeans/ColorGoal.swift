import Quantization

/// The number of colors wanted, or a criterion for it.
package enum ColorGoal: Equatable, Sendable {
  /// A fixed number of colors.
  case colorCount(Int)
  /// The fewest colors that reach a peak signal-to-noise ratio, at most `ceiling`.
  case decibels(Double, ceiling: Int)
  /// One color for each mode of the density of colors.
  case modes(bandwidth: Double)

  /// Maximum number of colors; nil is no limit.
  var ceiling: Int? {
    switch self {
    case .colorCount(let count), .decibels(_, ceiling: let count): count
    case .modes: nil
    }
  }

  /// A message that the wanted ratio was not reached; nil if it was reached, or if no ratio was wanted.
  func shortfall(of reduction: Reduction) -> String? {
    guard case .decibels(let wanted, let ceiling) = self, !reduction.distortion.reaches(wanted),
      let reached = reduction.distortion.decibels
    else { return nil }
    let colors = ceiling == 1 ? "1 color reaches" : "\(ceiling) colors reach"
    return "\(colors) only \(reached.fixed(digits: 2, .down)) dB"
  }
}

extension Reducer {
  /// Reduces the image to a goal.
  ///
  /// - Throws: `TooFewColors`, `OutOfMemory`, any error of measuring the inertia.
  func reduction(to goal: ColorGoal) throws -> Reduction {
    switch goal {
    case .colorCount(let count): try reduction(to: count)
    case .decibels(let decibels, let ceiling): try reduction(reaching: decibels, ceiling: ceiling)
    case .modes(let bandwidth): try reduction(toModes: bandwidth)
    }
  }

  /// Checks that the image can be reduced to every color count, so that an error occurs before the first image is
  /// written.
  ///
  /// A single goal is not checked, because its reduction reports the error in time.
  ///
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  func check(_ goals: [ColorGoal]) throws {
    guard goals.count > 1 else { return }
    for case .colorCount(let count) in goals {
      try check(count)
    }
  }
}
