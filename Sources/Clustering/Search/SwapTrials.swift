import Memory

/// A batch of trials and their results. Each trial is a pair of a cluster to split and a centroid to remove.
///
/// All memory is reserved in advance, because trials run on several threads.
final class SwapTrials {
  private struct Trial: BitwiseCopyable {
    var place: Int
    var removed: Int
    /// How much inertia falls; 0 if it does not fall or the trial has not run.
    var gain: Float = 0
    /// Number of centroids in both neighborhoods, and the index of the memory that they use.
    var memberCount = 0
    var room: Int
  }

  /// Number of pairs that make the batch full.
  private let limit: Int
  private let memberLimit: Int
  private let dimension: Int
  private let trials: Storage<Trial>

  /// For each trial, the numbers of the centroids in its neighborhoods, and the positions of these centroids at its
  /// end.
  private let memberNumbers: Storage<Int>
  private let positions: Storage<Float>

  private(set) var count = 0

  /// - Parameters:
  ///   - limit: Number of pairs that make the batch full.
  ///   - perPlace: Maximum number of pairs for one cluster to split.
  ///   - memberLimit: Maximum number of centroids in the neighborhoods of a pair.
  ///   - dimension: Number of coordinates of a centroid.
  /// - Throws: `OutOfMemory`.
  init(limit: Int, perPlace: Int, memberLimit: Int, dimension: Int) throws {
    self.limit = limit
    self.memberLimit = memberLimit
    self.dimension = dimension
    let capacity = limit + perPlace
    trials = try Storage(count: capacity)
    memberNumbers = try Storage(count: capacity * memberLimit)
    positions = try Storage(count: capacity * memberLimit * dimension)
  }

  /// Whether the batch has at least `limit` pairs.
  var isFull: Bool { count >= limit }

  /// Removes all trials.
  func clear() {
    count = 0
  }

  /// Adds a pair. All pairs with the same cluster to split have to be added one after the other. The batch must not be
  /// full before the first of them.
  func add(place: Int, removed: Int) {
    trials.elements[count] = Trial(place: place, removed: removed, room: count)
    count += 1
  }

  /// The cluster to split and the centroid to remove.
  func pair(_ trial: Int) -> (place: Int, removed: Int) {
    (trials.base[trial].place, trials.base[trial].removed)
  }

  /// The centroids in the neighborhoods of a successful trial: the split one, the removed one, then their neighbors.
  func members(_ trial: Int) -> UnsafeMutableBufferPointer<Int> {
    let room = memberLimit * trials.base[trial].room
    return UnsafeMutableBufferPointer(
      rebasing: memberNumbers.elements[room..<room + trials.base[trial].memberCount])
  }

  /// A coordinate of the position that a member of a trial has at its end.
  func coordinate(_ plane: Int, of member: Int, _ trial: Int) -> Float {
    positions.base[(memberLimit * trials.base[trial].room + member) * dimension + plane]
  }

  /// Stores the result of a successful trial.
  func note(_ neighborhood: Neighborhood, gain: Float, _ trial: Int) {
    trials.base[trial].gain = gain
    trials.base[trial].memberCount = neighborhood.members.count
    let room = memberLimit * trials.base[trial].room
    for (index, member) in neighborhood.members.enumerated() {
      memberNumbers.elements[room + index] = member
      for plane in 0..<dimension {
        positions.base[(room + index) * dimension + plane] = neighborhood.coordinate(plane, of: index)
      }
    }
  }

  /// Keeps, for each split cluster, the trial with the largest gain; of equal gains, the first. Drops trials without
  /// gain.
  func keepBest() {
    var keptCount = 0
    for trial in 0..<count {
      let candidate = trials.base[trial]
      guard candidate.gain > 0 else { continue }
      if keptCount == 0 || trials.base[keptCount - 1].place != candidate.place {
        trials.base[keptCount] = candidate
        keptCount += 1
      } else if candidate.gain > trials.base[keptCount - 1].gain {
        trials.base[keptCount - 1] = candidate
      }
    }
    count = keptCount
  }
}
