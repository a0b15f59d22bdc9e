import Clustering
import Memory

/// How the tuples of an image are points, and which tuple is at the position of a centroid.
///
/// An embedding knows nothing else: which tuples are clustered, the palette and the mapping belong to
/// `ClusteredTuples`.
protocol Embedding {
  /// Coordinates of a point.
  var dimension: Int { get }

  /// How many times the squared distance between points the squared distance between their tuples is, as far as they
  /// can be compared.
  var inertiaScale: Double { get }

  /// Embeds tuples of an image.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - members: The numbers of those that are embedded, at least one; nil embeds all, each with its pixel count.
  ///   - weights: The weight of each tuple of the histogram, at least 1 for the members.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The points, and how they lead back to tuples.
  /// - Throws: `OutOfMemory`.
  func embed(
    _ histogram: Histogram, _ members: Storage<UInt32>?, weights: Storage<Int>, threadCount: Int
  ) throws -> any EmbeddedTuples

  /// The positions of tuples on the points' grid, in the order of the tuples.
  ///
  /// - Throws: `OutOfMemory`.
  func positions(of tuples: Places) throws -> Centroids

  /// The tuples at the positions of a clustering.
  ///
  /// - Throws: `OutOfMemory`.
  func tuples(of clustering: Clustering) throws -> Places

  /// Centroids at colors that need not be tuples of the image.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - sample: Gives a sample of a color, times a unit: its number, the plane, the unit.
  /// - Returns: The colors' points, in their order.
  /// - Throws: `OutOfMemory`.
  func centroids(count: Int, sample: (_ color: Int, _ plane: Int, _ unit: Int) -> Int) throws -> Centroids
}

/// Tuples of an image as points.
protocol EmbeddedTuples {
  var points: Points { get }

  /// The number of the point of a member.
  func point(of member: Int) -> Int

  /// The number of a member that lies on a point.
  func member(on point: Int) -> Int

  /// Makes the rounding to tuples that the image can have.
  ///
  /// - Parameters:
  ///   - tree: The points.
  ///   - count: Tuples wanted, fixed ones among them.
  ///   - fixed: Tuples that stay; nil is none.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The rounding; nil where the points' grid is that of the samples.
  /// - Throws: `OutOfMemory`.
  func rounding(
    _ tree: AnyPointTree, count: Int, fixed: Places?, threadCount: Int
  ) throws -> (any Rounding)?
}
