/// Tuples as points just as they are: a coordinate for each plane, on the grid of the samples.
///
/// Planes that agree in all tuples count as one, so that a gray image has the same colors whichever way it is
/// written.
package struct SampleSpace {
  private let histogram: Histogram

  /// Whether one coordinate stands for all planes.
  private let isGray: Bool

  package init(_ histogram: Histogram) {
    self.histogram = histogram
    isGray = histogram.isGray
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

  /// How many times a squared distance between points the squared distance between their tuples is.
  package var inertiaScale: Int {
    isGray ? histogram.layout.depth : 1
  }
}
