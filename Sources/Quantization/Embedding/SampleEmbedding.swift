import Clustering
import Memory

/// The embedding whose coordinates are the samples.
///
/// If all planes are equal in all tuples, they become one coordinate. So a gray image gets the same palette whether it
/// is stored as PGM or as PPM.
package struct SampleEmbedding: Embedding {
  private let layout: TupleLayout

  /// Number of leading planes that are embedded. Samples of the other planes equal maxval in all tuples.
  private let planeCount: Int

  /// Whether these planes are equal in all tuples and become one coordinate.
  private let isGray: Bool

  /// - Parameters:
  ///   - layout: The layout of the tuples.
  ///   - planeCount: Number of leading planes that are embedded. Samples of the other planes equal maxval in all
  ///     tuples.
  ///   - isGray: Whether these planes are equal in all tuples.
  package init(_ layout: TupleLayout, planeCount: Int, isGray: Bool) {
    self.layout = layout
    self.planeCount = planeCount
    self.isGray = isGray
  }

  package var dimension: Int { isGray ? 1 : planeCount }

  package var inertiaScale: Double { Double(planesPerCoordinate) }

  /// The factor from squared distances between points to squared distances between their tuples.
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

  /// Converts all tuples of an image to points, each with its pixel count.
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
    try tuples(nearestTo: clustering.positions) { _ in true }
  }

  package func tuples(nearestTo centroids: Centroids, isOpaque: (Int) -> Bool) throws -> Places {
    let tuples = try Places(count: centroids.count, width: layout.depth)
    let half = Int32(1 << centroids.fractionBits) / 2
    for number in 0..<centroids.count {
      let (tuple, position) = (tuples.place(number), centroids.position(number))
      for plane in 0..<planeCount {
        let sample = (position[isGray ? 0 : plane] + half) >> Int32(centroids.fractionBits)
        tuple[plane] = UInt16(truncatingIfNeeded: sample)
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

/// Tuples as points whose coordinates are the samples, in the histogram's order.
private struct SampleTuples: EmbeddedTuples {
  let points: Points

  func point(of member: Int) -> Int { member }

  func member(on point: Int) -> Int { point }

  func rounding(
    _ tree: AnyPointTree, count: Int, fixed: Places?, threadCount: Int
  ) throws -> (any Rounding)? { nil }
}
