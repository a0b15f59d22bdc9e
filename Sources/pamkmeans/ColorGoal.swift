import Quantization

/// How many colors are wanted.
package enum ColorGoal: Equatable, Sendable {
  /// This many.
  case colorCount(Int)
  /// As many as it takes to reach a peak signal-to-noise ratio.
  case decibels(Double, ceiling: Int)
  /// As many as the density of colors has modes, for a bandwidth.
  case modes(bandwidth: Double)

  /// Colors at the most; nil where they are not limited.
  var ceiling: Int? {
    switch self {
    case .colorCount(let count), .decibels(_, ceiling: let count): count
    case .modes: nil
    }
  }

  /// Says by how much a ratio was missed; nil if it was not, or if none was wanted.
  func shortfall(of reduction: Reduction) -> String? {
    guard case .decibels(let wanted, let ceiling) = self, !reduction.distortion.reaches(wanted),
      let reached = reduction.distortion.decibels
    else { return nil }
    let colors = ceiling == 1 ? "1 color reaches" : "\(ceiling) colors reach"
    return "\(colors) only \(reached.fixed(digits: 2, .down)) dB"
  }
}

extension Reducer {
  /// Reduces the image to what is wanted.
  ///
  /// - Throws: `TooFewColors`, `OutOfMemory`, what measuring throws.
  func reduction(to goal: ColorGoal) throws -> Reduction {
    switch goal {
    case .colorCount(let count): try reduction(to: count)
    case .decibels(let decibels, let ceiling): try reduction(reaching: decibels, ceiling: ceiling)
    case .modes(let bandwidth): try reduction(toModes: bandwidth)
    }
  }

  /// Looks whether the image can be reduced to all of several goals, before the first is written; one alone shows that
  /// when its turn comes.
  ///
  /// - Throws: `TooFewColors`, `OutOfMemory`.
  func check(_ goals: [ColorGoal]) throws {
    guard goals.count > 1 else { return }
    for case .colorCount(let count) in goals {
      try check(count)
    }
  }
}
