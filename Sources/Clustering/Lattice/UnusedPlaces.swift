import Memory

/// Finds places for more clusters on a lattice that does not cover the points.
struct UnusedPlaces {
  private let points: Points
  private let lattice: any Lattice

  /// For each point the place nearest to it.
  private let nearest: Places

  /// - Parameters:
  ///   - points: The points.
  ///   - lattice: The lattice.
  ///   - isStrict: Whether a point is assigned to strict places only.
  /// - Throws: `OutOfMemory`.
  init(_ points: Points, of lattice: any Lattice, isStrict: (Int) -> Bool) throws {
    self.points = points
    self.lattice = lattice
    nearest = try Places(count: points.count, width: lattice.placeWidth)
    for point in 0..<points.count {
      var position = SIMD4<Double>.zero
      for plane in 0..<points.dimension {
        position[plane] = Double(points.coordinate(plane, of: point)) / Double(points.upperBound)
      }
      lattice.nearestPlace(to: position, isStrict: isStrict(point), into: nearest.place(point))
    }
  }

  /// The places that lower inertia most if each gets the points that it is the nearest place of.
  ///
  /// - Parameters:
  ///   - count: Number of places wanted, 0 or more.
  ///   - clustering: The clusters of the points so far.
  /// - Returns: Distinct places, each of which lowers inertia; fewer than `count` if there are not as many.
  /// - Throws: `OutOfMemory`.
  func best(_ count: Int, beside clustering: Clustering) throws -> Places {
    let byPlace = try GrowingStorage(0..<points.count)
    try byPlace.sort { nearest.precedes($0, $1) }
    // For each place its first point, and there the gain of all its points.
    var candidates = try GrowingStorage<Int>()
    let gains = try Storage<Double>(count: points.count)
    for point in byPlace {
      if candidates.last.map({ nearest.precedes($0, point) }) ?? true { try candidates.append(point) }
      gains.base[candidates[candidates.count - 1]] += gain(of: point, beside: clustering)
    }
    try candidates.sort {
      gains.base[$0] != gains.base[$1] ? gains.base[$0] > gains.base[$1] : nearest.precedes($0, $1)
    }
    var chosen = try GrowingStorage<Int>()
    for point in candidates.prefix(count) where gains.base[point] > 0 {
      try chosen.append(point)
    }
    return try nearest.selecting(chosen)
  }

  /// How much the inertia of a point falls if it moves from its cluster to its nearest place.
  private func gain(of point: Int, beside clustering: Clustering) -> Double {
    let current = clustering.positions.position(Int(clustering.labels.base[point]))
    let next = lattice.position(of: nearest.place(point))
    var gain = 0
    for plane in 0..<points.dimension {
      let coordinate = points.coordinate(plane, of: point)
      let (before, after) = (coordinate - Int(current[plane]), coordinate - Int(next[plane]))
      gain += before * before - after * after
    }
    return Double(points.weights.base[point]) * Double(gain)
  }
}
