/// How the tuples of an image are points, and what a clustering of the points makes of the tuples.
protocol PointSpace {
  /// The points, all different; nil where no tuple is clustered.
  var points: Points? { get }

  /// Where colors that have to be in the palette are on the points' grid, different places in lexicographic order; nil
  /// is nowhere.
  var pinned: Centroids? { get }

  /// Entries of the palette that are there beside the clusters, those at pinned places not counted.
  var reservedCount: Int { get }

  /// Times how much a squared distance of points is that of tuples, as far as it can be compared.
  var inertiaScale: Double { get }

  /// The inertia of a clustering on the tuples themselves; nil where it has to be counted.
  func inertia(_ clustering: Clustering) -> Int128?

  /// What makes a palette of so many clusters, pinned ones among them; nil rounds to the points' grid.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func rounding(_ forest: PointForest, count: Int) throws -> (any PaletteRounding)?

  /// Where a clustering sends the tuples.
  ///
  /// - Parameter clustering: Of the points; nil where each is a cluster of its own.
  /// - Returns: The mapping, its palette in lexicographic order with the colors that have to be there.
  /// - Throws: `QuantizationError.outOfMemory`.
  func mapping(_ clustering: Clustering?) throws -> Mapping

  /// Where k-means is to start.
  ///
  /// - Parameters:
  ///   - start: Colors comparable with those of the image.
  ///   - image: What the planes of the image mean.
  /// - Returns: As many centroids, on their grid.
  /// - Throws: `QuantizationError.outOfMemory`.
  func centroids(_ start: GivenPalette, image: TupleKind) throws -> Centroids
}

extension Points {
  /// How many of the points are not at one of some places.
  ///
  /// - Parameter places: On the points' grid, different and in lexicographic order; nil is none.
  /// - Returns: The number.
  func count(notOn places: Centroids?) -> Int {
    guard let places else { return count }
    return (0..<count).count { point in
      let place = (0..<places.count).partitioningIndex { compare(point, with: places.position($0)) <= 0 }
      return place == places.count || compare(point, with: places.position(place)) != 0
    }
  }

  /// Below 0, 0 or above 0 as a point comes before a place on its grid, is there or comes after it.
  private func compare(_ point: Int, with place: UnsafePointer<Int32>) -> Int {
    for plane in 0..<dimension {
      let difference = coordinate(plane, of: point) - Int(place[plane])
      if difference != 0 { return difference }
    }
    return 0
  }
}

extension Palette {
  /// The first planes of the colors as places on the grid of the samples.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func positions(planeCount: Int) throws -> Centroids {
    let positions = try Centroids(count: count, dimension: planeCount, fractionBits: 0)
    for entry in 0..<count {
      for plane in 0..<planeCount {
        positions.position(entry)[plane] = Int32(truncatingIfNeeded: sample(plane: plane, of: entry))
      }
    }
    return positions
  }
}
