import Clustering
import Memory

/// The embedding that takes samples as coordinates.
///
/// Planes that agree in all tuples are one coordinate, so that a gray image has the same colors whichever way it is
/// written.
package struct SampleEmbedding: Embedding {
  private let layout: TupleLayout

  /// The first planes, which are coordinates. Those behind them are at maxval in all tuples.
  private let planeCount: Int

  /// Whether one coordinate stands for all planes.
  private let isGray: Bool

  /// - Parameters:
  ///   - layout: The layout of the tuples.
  ///   - planeCount: Planes that are coordinates, the first. Those behind them are at maxval in all tuples.
  ///   - isGray: Whether these planes agree in all tuples.
  package init(_ layout: TupleLayout, planeCount: Int, isGray: Bool) {
    self.layout = layout
    self.planeCount = planeCount
    self.isGray = isGray
  }

  package var dimension: Int { isGray ? 1 : planeCount }

  package var inertiaScale: Double { Double(planesPerCoordinate) }

  /// How many times the squared distance between points the squared distance between their tuples is.
  package var planesPerCoordinate: Int { isGray ? planeCount : 1 }

  func embed(
    _ histogram: Histogram, _ members: Storage<UInt32>?, weights: Storage<Int>, threadCount: Int
  ) throws -> any EmbeddedTuples {
    guard let members = members?.elements else { return SampleTuples(points: points(of: histogram)) }
    let coordinates = try Storage<UInt16>(count: members.count * dimension)
    let memberWeights = try Storage<Int>(count: members.count)
    for (point, tuple) in members.enumerated() {
      memberWeights.base[point] = weights.base[Int(tuple)]
      for plane in 0..<dimension {
        coordinates.base[plane * members.count + point] =
          histogram.samples.base[plane * histogram.count + Int(tuple)]
      }
    }
    return SampleTuples(
      points: Points(
        count: members.count, dimension: dimension, upperBound: layout.maxval, coordinates: coordinates,
        weights: memberWeights))
  }

  /// All tuples of an image as points, each with its pixel count.
  package func points(of histogram: Histogram) -> Points {
    Points(
      count: histogram.count, dimension: dimension, upperBound: layout.maxval,
      coordinates: histogram.samples, weights: histogram.weights)
  }

  package func positions(of tuples: Places) throws -> Centroids {
    let positions = try Centroids(count: tuples.count, dimension: dimension, fractionBits: 0)
    for number in 0..<tuples.count {
      for plane in 0..<dimension {
        positions.position(number)[plane] = Int32(tuples.place(number)[plane])
      }
    }
    return positions
  }

  package func tuples(of clustering: Clustering) throws -> Places {
    let positions = clustering.positions
    let tuples = try Places(count: positions.count, width: layout.depth)
    for number in 0..<positions.count {
      let (tuple, position) = (tuples.place(number), positions.position(number))
      for plane in 0..<planeCount {
        tuple[plane] = UInt16(truncatingIfNeeded: position[isGray ? 0 : plane])
      }
      for plane in planeCount..<layout.depth {
        tuple[plane] = UInt16(truncatingIfNeeded: layout.maxval)
      }
    }
    return tuples
  }

  package func centroids(
    count: Int, sample: (_ color: Int, _ plane: Int, _ unit: Int) -> Int
  ) throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: dimension)
    let unit = 1 << centroids.fractionBits
    for number in 0..<count {
      for plane in 0..<dimension {
        let coordinate =
          isGray
          ? (0..<planeCount).reduce(0) { $0 + sample(number, $1, unit) } / planeCount
          : sample(number, plane, unit)
        centroids.position(number)[plane] = Int32(truncatingIfNeeded: coordinate)
      }
    }
    return centroids
  }
}

/// Tuples as points of their samples, in the histogram's order.
private struct SampleTuples: EmbeddedTuples {
  let points: Points

  func point(of member: Int) -> Int { member }

  func member(on point: Int) -> Int { point }

  func rounding(
    _ tree: AnyPointTree, count: Int, fixed: Places?, threadCount: Int
  ) throws -> (any Rounding)? { nil }
}
