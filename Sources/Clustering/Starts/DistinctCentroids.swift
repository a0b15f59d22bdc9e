import Memory

/// Keeps a list of centroids distinct while it is filled, by a hash table of the centroids kept so far.
final class DistinctCentroids {
  private let centroids: Centroids

  /// The hash table. An entry is the number of a centroid plus 1, or 0 if it is free. The number of entries is a power
  /// of two, and at least half of them are free.
  private let marks: Storage<UInt32>

  /// Number of centroids kept: the first `count` of the list.
  private(set) var count = 0

  /// Makes an empty table.
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

  /// Keeps centroid number `count`, unless a kept centroid has the same position.
  func keepNext() {
    // FNV-1a, one coordinate at a time.
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
