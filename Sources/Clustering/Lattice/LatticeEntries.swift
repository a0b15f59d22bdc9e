import Memory

/// The places to which points are assigned, in lexicographic order.
///
/// Two places share a position only if both are fixed, or if one is strict and the other is not.
struct LatticeEntries {
  let places: Places

  /// The positions of the places on the points' grid.
  let positions: Centroids

  private let lattice: any Lattice

  /// Whether each place is fixed: it stays where it is, with or without points.
  private let fixedFlags: Storage<Bool>

  var count: Int { places.count }

  /// Merges fixed places with others. Drops each of the others whose position is already taken by a place that is
  /// equally strict.
  ///
  /// - Parameters:
  ///   - fixed: The fixed places; nil is none.
  ///   - others: The other places. If several share a position, the lexicographically first is kept.
  ///   - lattice: The lattice of all these places.
  ///   - dimension: Number of coordinates of a position.
  /// - Throws: `OutOfMemory`.
  init(_ fixed: Places?, _ others: Places, _ lattice: any Lattice, dimension: Int) throws {
    self.lattice = lattice
    let fixedCount = fixed?.count ?? 0
    let all = try Places(count: fixedCount + others.count, width: others.width)
    if let fixed {
      for entry in 0..<fixedCount {
        all.copy(entry, of: fixed, to: entry)
      }
    }
    for entry in 0..<others.count {
      all.copy(entry, of: others, to: fixedCount + entry)
    }
    let places = try lattice.positions(of: all, dimension: dimension)
    func compare(_ first: Int, _ second: Int) -> Int {
      let order = places.compare(first, second)
      let strict = (lattice.isStrict(all.place(first)), lattice.isStrict(all.place(second)))
      return order != 0 || strict.0 == strict.1 ? order : strict.0 ? -1 : 1
    }
    let byPosition = try GrowingStorage(0..<all.count)
    try byPosition.sort { first, second in
      let order = compare(first, second)
      if order != 0 { return order < 0 }
      let isFixed = (first < fixedCount, second < fixedCount)
      return isFixed.0 != isFixed.1 ? isFixed.0 : all.precedes(first, second)
    }
    var kept = try GrowingStorage<Int>()
    for entry in byPosition where entry < fixedCount || kept.last.map({ compare($0, entry) != 0 }) ?? true {
      try kept.append(entry)
    }
    try kept.sort { all.precedes($0, $1) }
    self.places = try all.selecting(kept)
    positions = try places.selecting(kept)
    fixedFlags = try Storage(count: kept.count)
    for (entry, number) in kept.enumerated() {
      fixedFlags.base[entry] = number < fixedCount
    }
  }

  /// Takes over a list of places, none of them fixed.
  ///
  /// - Parameters:
  ///   - places: The places, in lexicographic order.
  ///   - lattice: Their lattice.
  ///   - dimension: Number of coordinates of a position.
  /// - Throws: `OutOfMemory`.
  init(_ places: Places, _ lattice: any Lattice, dimension: Int) throws {
    self.places = places
    self.lattice = lattice
    positions = try lattice.positions(of: places, dimension: dimension)
    fixedFlags = try Storage(count: places.count)
  }

  private init(_ entries: LatticeEntries, selecting numbers: GrowingStorage<Int>) throws {
    lattice = entries.lattice
    places = try entries.places.selecting(numbers)
    positions = try entries.positions.selecting(numbers)
    fixedFlags = try Storage(count: numbers.count)
    for (entry, number) in numbers.enumerated() {
      fixedFlags.base[entry] = entries.fixedFlags.base[number]
    }
  }

  /// Whether a place is fixed.
  func isFixed(_ entry: Int) -> Bool { fixedFlags.base[entry] }

  /// Whether a place is strict.
  func isStrict(_ entry: Int) -> Bool { lattice.isStrict(places.place(entry)) }

  /// The numbers of the strict places.
  ///
  /// - Throws: `OutOfMemory`.
  func strict() throws -> GrowingStorage<Int> { try GrowingStorage(0..<count, where: isStrict) }

  /// The places that are fixed or have points.
  ///
  /// - Throws: `OutOfMemory`.
  func withoutEmpty(_ clustering: Clustering) throws -> LatticeEntries {
    let used = try GrowingStorage(0..<count) { isFixed($0) || clustering.weight($0) > 0 }
    return used.count == count ? self : try LatticeEntries(self, selecting: used)
  }
}
