/// How thoroughly the search looks for the lowest inertia.
package enum Effort: String, Sendable, CaseIterable {
  case fast
  case normal
  case best
}

/// The limits that an effort sets for each step of the search.
extension Effort {
  /// Number of coreset cells per centroid, before `leastCellCount` and `cellLimit` are applied.
  func cellsPerCentroid(_ centroidCount: Int) -> Int {
    switch self {
    case .fast: 32
    case .normal: centroidCount <= Self.thoroughLimit ? 96 : 64
    case .best: 256
    }
  }

  /// Minimum number of coreset cells.
  var leastCellCount: Int {
    switch self {
    case .fast: 2048
    case .normal: 4096
    case .best: 8192
    }
  }

  /// Maximum number of coreset cells.
  func cellLimit(_ centroidCount: Int) -> Int {
    let limit =
      switch self {
      case .fast: 16384
      case .normal: 65536
      case .best: 262_144
      }
    return max(limit, Self.fewestCellsPerCentroid * centroidCount)
  }

  /// With fewer cells per centroid, good centroids of the coreset are not good centroids of the points.
  private static var fewestCellsPerCentroid: Int { 8 }

  /// Maximum number of centroids for thorough swaps in the normal effort. More centroids mean more trials.
  private static var thoroughLimit: Int { 128 }

  /// Maximum number of centroids for the most thorough swaps in the best effort. Above it, these would take twice the
  /// time, and lower the error of photographs by less than 0.1 %.
  private static var bestLimit: Int { 1024 }

  /// The effort of centroid swaps.
  package func exchange(_ centroidCount: Int) -> CentroidSwap.Effort {
    switch self {
    case .fast:
      CentroidSwap.Effort(
        neighborCount: 5, trialIterations: 5, estimateIterations: 3, partnerCount: 3, boldness: 0.7,
        roundLimit: 4)
    case .normal where centroidCount <= Self.thoroughLimit:
      CentroidSwap.Effort(
        neighborCount: centroidCount <= Self.thoroughLimit / 2 ? 4 : 5, trialIterations: 8,
        estimateIterations: 6, partnerCount: 2, boldness: 0.3, roundLimit: 20)
    case .normal:
      CentroidSwap.Effort(
        neighborCount: 7, trialIterations: 6, estimateIterations: 4, partnerCount: 3, boldness: 0.4,
        roundLimit: 20)
    case .best:
      CentroidSwap.Effort(
        neighborCount: centroidCount <= Self.bestLimit ? 14 : 10, trialIterations: 12,
        estimateIterations: 8, partnerCount: centroidCount <= Self.bestLimit ? 12 : 4, boldness: 0.3,
        roundLimit: 100)
    }
  }

  /// Number of times the search moves some of the best centroids at random and starts again.
  ///
  /// For up to some hundred centroids, restarts lower inertia more than more trials of each swap, in the same time.
  func shakeCount(_ centroidCount: Int) -> Int {
    switch self {
    case .fast: min(64 / centroidCount, 8)
    case .normal where centroidCount > Self.thoroughLimit: 0
    case .normal: min(5 * Self.thoroughLimit / centroidCount, centroidCount <= 16 ? 5 : 10)
    case .best: min(768 / centroidCount, 16)
    }
  }

  /// Lloyd's iterations with momentum on the points themselves, after the search on the coreset: their maximum number,
  /// and the part of the inertia that an iteration has to gain for another one to follow.
  ///
  /// There are fewer if there are many points, each of which takes time in every iteration.
  func finalIterations(_ pointCount: Int) -> (limit: Int, leastGain: Double) {
    switch self {
    case .fast: (max(8, min(30, 1 << 20 / pointCount)), 2e-4)
    case .normal: (max(10, min(100, 1 << 22 / pointCount)), 2e-5)
    case .best: (max(50, min(200, 1 << 25 / pointCount)), 1e-6)
    }
  }

  /// The smallest relative increase of inertia by rounding for which the grid descent runs.
  var leastRoundingLoss: Double {
    switch self {
    case .fast: 0.005
    case .normal: 0.0005
    case .best: 0
    }
  }

  /// Number of cells per centroid in the grid descent.
  var gridCellsPerCentroid: Int {
    switch self {
    case .fast: 128
    case .normal: 256
    case .best: 1 << 20
    }
  }

  /// Maximum number of sweeps of the grid descent.
  var sweepLimit: Int {
    switch self {
    case .fast: 1
    case .normal: 20
    case .best: 100
    }
  }
}
