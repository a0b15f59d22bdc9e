import Memory

/// Numbers the entries of a new palette like those of an old one, and keeps old entries that are nearly as good.
struct PaletteSuccession {
  private let old: Palette
  private let new: Mapping
  private let clusters: WeightedSums

  /// For each number in the old palette, the entry of the new palette that is matched with it; nil if none is.
  private var successors: [Int?]

  /// The entries of the new palette that are matched with no old entry.
  private var newcomers: [Int] = []

  /// Whether all fully transparent colors count as one color.
  private let mergesTransparent: Bool

  /// Matches the entries of both palettes: equal ones first, then transparent ones. Then each of the other new entries,
  /// in descending order of weight, is matched with the nearest old entry that is left.
  ///
  /// - Parameters:
  ///   - old: The old palette, by numbers.
  ///   - new: The new palette, in lexicographic order, and its tuples.
  ///   - reducer: The image of the new palette.
  /// - Throws: `OutOfMemory`.
  init(_ old: Palette, _ new: Mapping, _ reducer: Reducer) throws {
    self.old = old
    self.new = new
    mergesTransparent = reducer.mergesTransparent
    clusters = try reducer.weightedSums(new)
    successors = [Int?](repeating: nil, count: old.count)
    let palette = new.palette
    var isMatched = [Bool](repeating: false, count: palette.count)
    for number in 0..<old.count {
      if let entry = palette.number(comparing: { palette.compare($0, with: number, of: old) }) {
        successors[number] = entry
        isMatched[entry] = true
      }
    }
    if mergesTransparent {
      let waiting = (0..<palette.count).filter { !isMatched[$0] && palette.isTransparent($0) }
      let numbers = (0..<old.count).filter { successors[$0] == nil && old.isTransparent($0) }
      for (entry, number) in zip(waiting, numbers) {
        successors[number] = entry
        isMatched[entry] = true
      }
    }
    let unmatched = try GrowingStorage(0..<palette.count) { !isMatched[$0] }
    try unmatched.sort { [clusters] in clusters.weight($0) > clusters.weight($1) }
    var free = (0..<old.count).filter { successors[$0] == nil }
    for entry in unmatched {
      let distances = free.map { palette.squaredDistance(entry, from: $0, of: old) }
      guard let place = distances.indices.min(by: { distances[$0] < distances[$1] }) else {
        newcomers.append(entry)
        continue
      }
      successors[free.remove(at: place)] = entry
    }
  }

  /// Whether an old entry is kept instead of the new entry that is matched with it.
  ///
  /// - Parameters:
  ///   - number: The old entry.
  ///   - successor: The new entry.
  ///   - limit: The largest rise of inertia for which the old entry is kept.
  /// - Returns: Whether the rise is within the limit and, if opacity is premultiplied, both entries are opaque, both
  ///   are transparent, or both are neither. Of two transparent entries, the old one is always kept.
  private func stays(_ number: Int, _ successor: Int, _ limit: Double) -> Bool {
    let entries = new.palette
    if mergesTransparent {
      if old.isTransparent(number) && entries.isTransparent(successor) { return true }
      guard old.isTransparent(number) == entries.isTransparent(successor),
        old.isOpaque(number) == entries.isOpaque(successor)
      else { return false }
    }
    return clusters.inertia(successor, at: number, of: old)
      - clusters.inertia(successor, at: successor, of: entries) <= limit
  }

  /// The palette of the new frame.
  ///
  /// - Parameter hysteresis: An old entry is replaced only if that lowers inertia by more than this fraction of the
  ///   mean inertia of an entry.
  /// - Returns: As many entries as the larger palette has, by number. New entries that are matched with no old entry
  ///   come last.
  /// - Throws: `OutOfMemory`.
  func palette(hysteresis: Double) throws -> Palette {
    let entries = new.palette
    let inertia = (0..<entries.count).reduce(0.0) { $0 + clusters.inertia($1, at: $1, of: entries) }
    let limit = hysteresis * inertia / Double(entries.count)
    let palette = try Palette(layout: old.layout, count: old.count + newcomers.count)
    for (number, successor) in successors.enumerated() {
      if let successor, !stays(number, successor, limit) {
        palette.copy(successor, of: entries, to: number)
      } else {
        palette.copy(number, of: old, to: number)
      }
    }
    for (place, entry) in newcomers.enumerated() {
      palette.copy(entry, of: entries, to: old.count + place)
    }
    return palette
  }
}

extension Palette {
  /// The squared distance of samples between an entry and one of another palette of the same layout.
  fileprivate func squaredDistance(_ entry: Int, from other: Int, of palette: Palette) -> Int {
    (0..<layout.depth).reduce(0) { sum, plane in
      let way = sample(plane: plane, of: entry) - palette.sample(plane: plane, of: other)
      return sum + way * way
    }
  }
}
