extension KMeansSettings {
  /// How hard to look for the lowest inertia.
  package enum Effort: String, Sendable, CaseIterable {
    case fast
    case normal
    case best
  }
}

/// What an effort means to the steps of the search.
extension KMeansSettings.Effort {
  /// Cells of the coreset for each centroid, but within the bounds that follow.
  var cellsPerCentroid: Int {
    switch self {
    case .fast: 32
    case .normal: 64
    case .best: 256
    }
  }

  /// Cells of the coreset at the least.
  var leastCellCount: Int {
    switch self {
    case .fast: 2048
    case .normal: 4096
    case .best: 16384
    }
  }

  /// Cells of the coreset at the most.
  var cellLimit: Int {
    switch self {
    case .fast: 16384
    case .normal: 65536
    case .best: 262_144
    }
  }

  /// How thoroughly centroids are exchanged.
  var exchange: Exchange.Effort {
    switch self {
    case .fast:
      Exchange.Effort(
        neighborCount: 5, trialIterations: 5, estimateIterations: 3, partnerCount: 2, boldness: 0.7,
        roundLimit: 3)
    case .normal:
      Exchange.Effort(
        neighborCount: 6, trialIterations: 7, estimateIterations: 5, partnerCount: 4, boldness: 0.5,
        roundLimit: 20)
    case .best:
      Exchange.Effort(
        neighborCount: 10, trialIterations: 10, estimateIterations: 8, partnerCount: 8, boldness: 0.3,
        roundLimit: 100)
    }
  }

  /// Lloyd's iterations on the points themselves.
  var finalIterations: Int {
    switch self {
    case .fast: 2
    case .normal: 4
    case .best: 50
    }
  }

  /// Sweeps of the descent on the grid at the most.
  var sweepLimit: Int {
    switch self {
    case .fast: 1
    case .normal: 20
    case .best: 100
    }
  }
}
