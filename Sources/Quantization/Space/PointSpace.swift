/// How the tuples of an image are points, and what a clustering of the points makes of the tuples.
protocol PointSpace {
  /// The points, all different; nil where no tuple is clustered.
  var points: Points? { get }

  /// Entries of the palette that are there beside the clusters.
  var reservedCount: Int { get }

  /// Times how much a squared distance of points is that of tuples, as far as it can be compared.
  var inertiaScale: Double { get }

  /// The inertia of a clustering on the tuples themselves; nil where it has to be counted.
  func inertia(_ clustering: Clustering) -> Int128?

  /// What makes a palette of so many clusters; nil rounds to the points' grid.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func rounding(_ forest: PointForest, count: Int) throws -> (any PaletteRounding)?

  /// Where a clustering sends the tuples.
  ///
  /// - Parameter clustering: Of the points; nil where each is a cluster of its own.
  /// - Returns: The mapping, its palette in lexicographic order.
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
