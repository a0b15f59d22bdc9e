import Memory

/// The first of some centroids, no two of them at the same position: a hash table of their numbers.
final class DistinctCentroids {
  private let centroids: Centroids

  /// One more than the number of a centroid, at a place its position leads to; 0 where there is none. A power of two, at
  /// least half of them free.
  private let marks: Storage<UInt32>

  /// Centroids kept.
  private(set) var count = 0

  /// Keeps none yet.
  ///
  /// - Throws: `OutOfMemory`.
  init(_ centroids: Centroids) throws {
    self.centroids = centroids
    var capacity = 2
    while capacity < 2 * centroids.count {
      capacity *= 2
    }
    marks = try Storage(count: capacity)
  }

  /// Keeps the next centroid, unless one of those kept has its position.
  func keepNext() {
    // FNV-1a, a coordinate at a time.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for plane in 0..<centroids.dimension {
      hash = (hash ^ UInt64(truncatingIfNeeded: centroids.position(count)[plane])) &* 0x0000_0100_0000_01b3
    }
    let mask = marks.elements.count - 1
    var place = Int(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while marks.base[place] != 0 {
      if centroids.compare(Int(marks.base[place]) - 1, count) == 0 { return }
      place = (place + 1) & mask
    }
    count += 1
    marks.base[place] = UInt32(truncatingIfNeeded: count)
  }
}
