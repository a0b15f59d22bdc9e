import Clustering
import Memory

/// Converts the tuples of an image to points, and the positions of centroids to tuples.
///
/// It neither selects tuples nor makes a palette or mapping; `ClusteredTuples` does that.
protocol Embedding {
  /// Number of coordinates of a point.
  var dimension: Int { get }

  /// The factor from squared distances between points to squared distances between their tuples. In a color space other
  /// than that of samples it is an approximation.
  var inertiaScale: Double { get }

  /// Embeds tuples of an image.
  ///
  /// - Parameters:
  ///   - histogram: The tuples.
  ///   - members: The numbers of the tuples to embed, at least one; nil embeds all, each with its pixel count.
  ///   - weights: The weight of each tuple of the histogram, at least 1 for the members.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The points, and which tuples each of them represents.
  /// - Throws: `OutOfMemory`.
  func embed(
    _ histogram: Histogram, _ members: Storage<UInt32>?, weights: Storage<Int>, threadCount: Int
  ) throws -> any EmbeddedTuples

  /// The distinct positions of tuples on the points' grid, in lexicographic order.
  ///
  /// - Parameter tuples: Distinct tuples in lexicographic order.
  /// - Returns: The positions.
  /// - Throws: `OutOfMemory`.
  func positions(of tuples: Places) throws -> Centroids

  /// The tuples at the positions of a clustering.
  ///
  /// - Throws: `OutOfMemory`.
  func tuples(of clustering: Clustering) throws -> Places

  /// Finds the tuples nearest to centroids.
  ///
  /// - Parameters:
  ///   - centroids: The centroids.
  ///   - isOpaque: Whether the tuple of a centroid has to be opaque, if opacity is premultiplied.
  /// - Returns: A tuple for each centroid, in their order. They need not be distinct.
  /// - Throws: `OutOfMemory`.
  func tuples(nearestTo centroids: Centroids, isOpaque: (Int) -> Bool) throws -> Places

  /// Converts colors, which need not be tuples of the image, to centroids.
  ///
  /// - Parameters:
  ///   - count: Number of colors.
  ///   - sample: Returns a sample of a color, multiplied by a unit. Its arguments are the color's number, the plane and
  ///     the unit.
  /// - Returns: A centroid for each color, in their order.
  /// - Throws: `OutOfMemory`.
  func centroids(count: Int, sample: (_ color: Int, _ plane: Int, _ unit: Int) -> Int) throws -> Centroids
}

/// Tuples of an image as points. An embedded tuple is called a member; several members may have the same point.
protocol EmbeddedTuples {
  var points: Points { get }

  /// The point of a member.
  func point(of member: Int) -> Int

  /// A member at a point.
  func member(on point: Int) -> Int

  /// Makes the rounding of centroids to tuples of the image's layout.
  ///
  /// - Parameters:
  ///   - tree: The points.
  ///   - count: Number of tuples wanted, fixed ones included.
  ///   - fixed: Fixed tuples; nil is none.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The rounding; nil if the points' grid is that of the samples.
  /// - Throws: `OutOfMemory`.
  func rounding(
    _ tree: AnyPointTree, count: Int, fixed: Places?, threadCount: Int
  ) throws -> (any Rounding)?
}
