/// Tuples as points just as they are: a coordinate for each plane, on the grid of the samples.
///
/// Planes that agree in all tuples count as one, so that a gray image has the same colors whichever way it is
/// written.
package struct SampleSpace {
  private let histogram: Histogram

  /// Whether one coordinate stands for all planes.
  private let isGray: Bool

  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - fixed: Colors of the same layout that are to be positions among them; nil is none.
  package init(_ histogram: Histogram, fixed: Palette? = nil) {
    self.histogram = histogram
    isGray = histogram.isGray && fixed?.isGray ?? true
  }

  /// A point for each distinct tuple, in the histogram's order.
  package func points() -> Points {
    Points(
      count: histogram.count, dimension: isGray ? 1 : histogram.layout.depth,
      upperBound: histogram.layout.maxval, coordinates: histogram.samples, weights: histogram.weights)
  }

  /// The palette of a clustering of the points.
  package func palette(_ clustering: Clustering) throws -> Palette {
    let positions = clustering.positions
    let palette = try Palette(layout: histogram.layout, count: positions.count)
    for entry in 0..<positions.count {
      for plane in 0..<histogram.layout.depth {
        let coordinate = positions.coordinates.elements[entry * positions.dimension + (isGray ? 0 : plane)]
        palette.setSample(Int(coordinate), plane: plane, of: entry)
      }
    }
    return palette
  }

  /// Colors of the image's own layout as positions on the grid of the points.
  ///
  /// - Parameter colors: Distinct, in lexicographic order.
  /// - Returns: As many positions, in the same order.
  /// - Throws: `QuantizationError.outOfMemory`.
  package func positions(of colors: Palette) throws -> Centroids {
    precondition(colors.layout == histogram.layout)
    let depth = isGray ? 1 : histogram.layout.depth
    let positions = try Centroids(count: colors.count, dimension: depth, fractionBits: 0)
    for entry in 0..<colors.count {
      for plane in 0..<depth {
        positions.position(entry)[plane] = Int32(colors.sample(plane: plane, of: entry))
      }
    }
    return positions
  }

  /// Where k-means is to start.
  ///
  /// - Parameters:
  ///   - start: Colors comparable with those of the image.
  ///   - image: What the planes of the image mean.
  /// - Returns: As many centroids, on their grid.
  /// - Throws: `QuantizationError.outOfMemory`.
  func centroids(_ start: GivenPalette, image: TupleKind) throws -> Centroids {
    let depth = histogram.layout.depth
    let centroids = try Centroids(count: start.count, dimension: isGray ? 1 : depth)
    let unit = 1 << centroids.fractionBits
    for entry in 0..<start.count {
      let coordinates = (0..<depth).map {
        start.coordinate($0, of: entry, in: image, maxval: histogram.layout.maxval, unit: unit)
      }
      for plane in 0..<centroids.dimension {
        let coordinate = isGray ? coordinates.reduce(0, +) / depth : coordinates[plane]
        centroids.position(entry)[plane] = Int32(truncatingIfNeeded: coordinate)
      }
    }
    return centroids
  }

  /// How many times a squared distance between points the squared distance between their tuples is.
  package var inertiaScale: Int {
    isGray ? histogram.layout.depth : 1
  }
}
