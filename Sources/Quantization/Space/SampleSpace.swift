/// Tuples as points just as they are: a coordinate for each plane, on the grid of the samples.
///
/// Planes that agree in all tuples count as one, so that a gray image has the same colors whichever way it is
/// written.
package struct SampleSpace: PointSpace {
  private let histogram: Histogram

  /// Which tuples are points; nil is all, each as often as it has pixels.
  private let selection: TupleSelection?

  /// Planes that are coordinates, the first; those behind them are at maxval in all points.
  private let planeCount: Int

  /// Whether one coordinate stands for all planes.
  private let isGray: Bool

  /// Threads that may work at a time, at least 1.
  private let threadCount: Int

  package let points: Points?

  /// Colors that have to be in the palette.
  private let required: Palette?

  let pinned: Centroids?

  /// All tuples, in the histogram's order.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - required: Colors of the same layout that have to be in the palette, distinct and in lexicographic order; nil
  ///     is none.
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ histogram: Histogram, required: Palette? = nil) throws {
    self.histogram = histogram
    self.required = required
    selection = nil
    threadCount = 1
    planeCount = histogram.layout.depth
    isGray =
      histogram.isGray(planeCount: planeCount, nil) && required?.isGray(planeCount: planeCount) ?? true
    pinned = try required?.positions(planeCount: isGray ? 1 : planeCount)
    points = Points(
      count: histogram.count, dimension: isGray ? 1 : planeCount, upperBound: histogram.layout.maxval,
      coordinates: histogram.samples, weights: histogram.weights)
  }

  /// Some tuples, with weights of their own.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - selection: Which of them.
  ///   - weights: For each tuple what it counts for.
  ///   - required: Colors that have to be in the palette, distinct and in lexicographic order; nil is none.
  ///   - planeCount: Planes that are coordinates; those behind them are at maxval in all that are selected, and at 0 or
  ///     maxval in those required.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ histogram: Histogram, _ selection: TupleSelection, weights: Storage<Int>, required: Palette?,
    planeCount: Int, threadCount: Int
  ) throws {
    self.histogram = histogram
    self.threadCount = threadCount
    self.selection = selection
    self.planeCount = planeCount
    self.required = required
    let members = selection.members.elements
    let (layout, depth) = (histogram.layout, histogram.layout.depth)
    let visible = try required.flatMap { colors in
      let numbers = try GrowingStorage(0..<colors.count) {
        planeCount == depth || colors.sample(plane: depth - 1, of: $0) == layout.maxval
      }
      return numbers.isEmpty ? nil : try colors.selecting(numbers)
    }
    isGray =
      histogram.isGray(planeCount: planeCount, members) && visible?.isGray(planeCount: planeCount) ?? true
    pinned = try visible?.positions(planeCount: isGray ? 1 : planeCount)
    guard !members.isEmpty else {
      points = nil
      return
    }
    let dimension = isGray ? 1 : planeCount
    let coordinates = try Storage<UInt16>(count: members.count * dimension)
    let memberWeights = try Storage<Int>(count: members.count)
    for (point, tuple) in members.enumerated() {
      memberWeights.base[point] = weights.base[Int(tuple)]
      for plane in 0..<dimension {
        coordinates.base[plane * members.count + point] =
          histogram.samples.base[plane * histogram.count + Int(tuple)]
      }
    }
    points = Points(
      count: members.count, dimension: dimension, upperBound: histogram.layout.maxval,
      coordinates: coordinates, weights: memberWeights)
  }

  var reservedCount: Int { (required?.count ?? 0) - (pinned?.count ?? 0) }

  var inertiaScale: Double { Double(planesPerCoordinate) }

  /// How many times a squared distance between points the squared distance between their tuples is.
  package var planesPerCoordinate: Int { isGray ? planeCount : 1 }

  func inertia(_ clustering: Clustering) -> Int128? {
    selection == nil ? clustering.inertia * Int128(planesPerCoordinate) : nil
  }

  func rounding(_ forest: PointForest, count: Int) throws -> (any PaletteRounding)? { nil }

  func mapping(_ clustering: Clustering?) throws -> Mapping {
    guard let selection else {
      guard let clustering else { return Mapping(palette: try Palette(histogram), labels: nil) }
      return Mapping(palette: try palette(clustering), labels: clustering.labels)
    }
    let colors = try clustering.map(palette) ?? histogram.tuples(selection.members)
    return try Mapping(histogram, selection, colors: colors, required: required) { member in
      clustering?.labels.base[member] ?? UInt32(truncatingIfNeeded: member)
    } nearest: { palette in
      let kind = TupleKind(.planes(histogram.layout.depth), hasOpacity: false)
      return try NearestEntries(palette, kind, histogram, kind).labels(threadCount: threadCount)
    }
  }

  /// The palette of a clustering of the points.
  package func palette(_ clustering: Clustering) throws -> Palette {
    let positions = clustering.positions
    let palette = try Palette(layout: histogram.layout, count: positions.count)
    for entry in 0..<positions.count {
      for plane in 0..<planeCount {
        let coordinate = positions.coordinates.elements[entry * positions.dimension + (isGray ? 0 : plane)]
        palette.setSample(Int(coordinate), plane: plane, of: entry)
      }
      for plane in planeCount..<histogram.layout.depth {
        palette.setSample(histogram.layout.maxval, plane: plane, of: entry)
      }
    }
    return palette
  }

  func centroids(_ start: GivenPalette, image: TupleKind) throws -> Centroids {
    let entries = try start.mostOpaque(start.count - reservedCount - (pinned?.count ?? 0))
    let centroids = try Centroids(count: entries.count, dimension: isGray ? 1 : planeCount)
    let unit = 1 << centroids.fractionBits
    for (centroid, entry) in entries.enumerated() {
      func coordinate(_ plane: Int) -> Int {
        start.coordinate(plane, of: entry, in: image, maxval: histogram.layout.maxval, unit: unit)
      }
      for plane in 0..<centroids.dimension {
        let place =
          isGray ? (0..<planeCount).reduce(0) { $0 + coordinate($1) } / planeCount : coordinate(plane)
        centroids.position(centroid)[plane] = Int32(truncatingIfNeeded: place)
      }
    }
    return centroids
  }
}

extension Histogram {
  /// Whether tuples have the same sample in all of their first planes.
  ///
  /// - Parameters:
  ///   - planeCount: How many planes.
  ///   - members: The tuples; nil is all.
  /// - Returns: Whether they have.
  package func isGray(planeCount: Int, _ members: UnsafeMutableBufferPointer<UInt32>?) -> Bool {
    let samples = self.samples.base
    for plane in 1..<max(planeCount, 1) {
      let planeSamples = samples + plane * count
      if let members {
        for tuple in members where planeSamples[Int(tuple)] != samples[Int(tuple)] { return false }
      } else {
        for tuple in 0..<count where planeSamples[tuple] != samples[tuple] { return false }
      }
    }
    return true
  }

  /// Some of the tuples as colors.
  ///
  /// - Parameter numbers: Their numbers, not none.
  /// - Returns: The colors, in this order.
  /// - Throws: `QuantizationError.outOfMemory`.
  func tuples(_ numbers: Storage<UInt32>) throws -> Palette {
    let palette = try Palette(layout: layout, count: numbers.elements.count)
    for (entry, tuple) in numbers.elements.enumerated() {
      for plane in 0..<layout.depth {
        palette.setSample(Int(samples.base[plane * count + Int(tuple)]), plane: plane, of: entry)
      }
    }
    return palette
  }
}
