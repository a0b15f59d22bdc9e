/// How thorough the search for the lowest inertia is.
package enum Effort: String, Sendable, CaseIterable {
  case fast
  case normal
  case best
}

/// What an effort means to the steps of the search.
extension Effort {
  /// Cells of the coreset for each centroid, but within the bounds that follow.
  func cellsPerCentroid(_ centroidCount: Int) -> Int {
    switch self {
    case .fast: 32
    case .normal: centroidCount <= Self.thoroughLimit ? 96 : 64
    case .best: 256
    }
  }

  /// Cells of the coreset at the least.
  var leastCellCount: Int {
    switch self {
    case .fast: 2048
    case .normal: 4096
    case .best: 8192
    }
  }

  /// Cells of the coreset at the most, for so many centroids.
  func cellLimit(_ centroidCount: Int) -> Int {
    let limit =
      switch self {
      case .fast: 16384
      case .normal: 65536
      case .best: 262_144
      }
    return max(limit, Self.fewestCellsPerCentroid * centroidCount)
  }

  /// With fewer cells, the centroids of a coreset are not those of its points.
  private static var fewestCellsPerCentroid: Int { 8 }

  /// Up to so many centroids the normal effort can afford to be thorough: the trials grow with their number.
  private static var thoroughLimit: Int { 128 }

  /// How thoroughly so many centroids are exchanged.
  package func exchange(_ centroidCount: Int) -> CentroidSwap.Effort {
    switch self {
    case .fast:
      CentroidSwap.Effort(
        neighborCount: 5, trialIterations: 5, estimateIterations: 3, partnerCount: 3, boldness: 0.7,
        roundLimit: 4)
    case .normal where centroidCount <= Self.thoroughLimit:
      CentroidSwap.Effort(
        neighborCount: 8, trialIterations: 8, estimateIterations: 6, partnerCount: 6, boldness: 0.3,
        roundLimit: 20)
    case .normal:
      CentroidSwap.Effort(
        neighborCount: 7, trialIterations: 6, estimateIterations: 4, partnerCount: 3, boldness: 0.4,
        roundLimit: 20)
    case .best:
      CentroidSwap.Effort(
        neighborCount: 14, trialIterations: 12, estimateIterations: 8, partnerCount: 12, boldness: 0.3,
        roundLimit: 100)
    }
  }

  /// How often the search begins again from a shaken best, for so many centroids: the fewer, the quicker a search is,
  /// and the likelier to have missed the best.
  func shakeCount(_ centroidCount: Int) -> Int {
    switch self {
    case .fast: 0
    case .normal: 32 / centroidCount
    case .best: min(768 / centroidCount, 16)
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

  /// Which part of inertia the rounding of a palette has to add, at the least, for the descent on the grid to be
  /// worth its time.
  var leastRoundingLoss: Double {
    switch self {
    case .fast: 0.005
    case .normal: 0.0005
    case .best: 0
    }
  }

  /// Cells for each centroid in the descent on the grid.
  var gridCellsPerCentroid: Int {
    switch self {
    case .fast: 128
    case .normal: 256
    case .best: 1 << 20
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
