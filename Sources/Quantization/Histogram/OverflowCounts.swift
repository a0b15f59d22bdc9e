import Memory

/// Counts how often each table index occurs. Memory grows with the number of distinct indices, not with that of all.
struct OverflowCounts {
  /// An index and how often it occurs.
  struct Sum: BitwiseCopyable {
    var place: UInt32
    var count: Int
  }

  /// Indices not yet counted.
  private var notes: GrowingStorage<UInt32>

  /// Counted indices, ascending.
  private var sums: GrowingStorage<Sum>

  init() throws {
    notes = try GrowingStorage()
    sums = try GrowingStorage()
  }

  /// Appends indices.
  ///
  /// - Parameters:
  ///   - limit: Maximum number of indices.
  ///   - body: Writes the indices and returns their number.
  /// - Throws: `OutOfMemory`.
  mutating func append(limit: Int, _ body: (UnsafeMutablePointer<UInt32>) -> Int) throws {
    if notes.count > max(Self.notesAtATime, 4 * sums.count) { try sum() }
    try notes.reserve(limit)
    if let end = notes.end { notes.count += body(end) }
  }

  /// Minimum number of indices to collect before they are counted. Each represents 255 pixels.
  private static let notesAtATime = 1 << 20

  /// Counts the collected indices.
  ///
  /// - Returns: Each distinct index and how often it occurs, ascending by index.
  /// - Throws: `OutOfMemory`.
  @discardableResult
  mutating func sum() throws -> UnsafeMutableBufferPointer<Sum> {
    let list = notes.elements
    try sortByMerging(list, by: <)
    var merged = try GrowingStorage<Sum>()
    try merged.reserve(min(sums.count + list.count, sums.count + 2 * Self.notesAtATime))
    var (old, new) = (0, 0)
    while old < sums.count || new < list.count {
      let place: UInt32
      switch (old < sums.count, new < list.count) {
      case (true, true): place = min(sums.elements[old].place, list[new])
      case (true, false): place = sums.elements[old].place
      default: place = list[new]
      }
      var sum = Sum(place: place, count: 0)
      if old < sums.count && sums.elements[old].place == place {
        sum = sums.elements[old]
        old += 1
      }
      while new < list.count && list[new] == place {
        sum.count += 1
        new += 1
      }
      try merged.append(sum)
    }
    sums = merged
    notes.count = 0
    return sums.elements
  }
}
