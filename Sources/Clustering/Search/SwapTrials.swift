import Memory

/// Pairs of a cluster to be cut in two and a centroid to be taken away, and what trying them came to.
///
/// Each trial has a thread to itself, so room for what it comes to is there from the beginning.
final class SwapTrials {
  private struct Trial: BitwiseCopyable {
    var place: Int
    var removed: Int
    /// By how much inertia falls; 0 where it does not, or is not known yet.
    var gain: Float = 0
    /// The centroids that take part, and where in the memory they are.
    var memberCount = 0
    var room: Int
  }

  /// Pairs wanted at a time.
  private let limit: Int
  private let memberLimit: Int
  private let dimension: Int
  private let trials: Storage<Trial>

  /// The centroids that take part in each trial, and where they end up.
  private let memberNumbers: Storage<Int>
  private let positions: Storage<Float>

  private(set) var count = 0

  /// - Parameters:
  ///   - limit: Pairs wanted at a time.
  ///   - perPlace: Pairs added for a place at the most.
  ///   - memberLimit: Centroids that take part in a trial at the most.
  ///   - dimension: Coordinates of a centroid.
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

  /// Whether as many pairs as are wanted are there.
  var isFull: Bool { count >= limit }

  /// Forgets all.
  func clear() {
    count = 0
  }

  /// Adds a pair, as long as not all places are full.
  func add(place: Int, removed: Int) {
    trials.elements[count] = Trial(place: place, removed: removed, room: count)
    count += 1
  }

  /// What is to be tried.
  func pair(_ trial: Int) -> (place: Int, removed: Int) {
    (trials.base[trial].place, trials.base[trial].removed)
  }

  /// The centroids that take part in a trial that lowers inertia: the place, the removed one, then their neighbors.
  func members(_ trial: Int) -> UnsafeMutableBufferPointer<Int> {
    let room = memberLimit * trials.base[trial].room
    return UnsafeMutableBufferPointer(
      rebasing: memberNumbers.elements[room..<room + trials.base[trial].memberCount])
  }

  /// Where one of them ends up.
  func coordinate(_ plane: Int, of member: Int, _ trial: Int) -> Float {
    positions.base[(memberLimit * trials.base[trial].room + member) * dimension + plane]
  }

  /// Takes over what lowers inertia from a neighborhood in which it was tried.
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

  /// Leaves for each place, in their order, the trial that lowers inertia most, of equals the first, if one does.
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
