import Memory

extension AnyPointTree {
  /// Finds the nearest centroid of each point. Of equally near centroids, the one with the lowest number is taken.
  ///
  /// - Parameters:
  ///   - centroids: At least one.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The number of each point's nearest centroid.
  /// - Throws: `OutOfMemory`.
  package func labels(nearest centroids: Centroids, threadCount: Int) throws -> Storage<UInt32> {
    let labels = try Storage<UInt32>(count: points.count, reuse: true)
    switch self {
    case .float(let tree):
      _ = try Assigner(tree, threadCount: threadCount).assign(to: centroids, labels: labels)
    case .double(let tree):
      _ = try Assigner(tree, threadCount: threadCount).assign(to: centroids, labels: labels)
    }
    return labels
  }

  /// Assigns the points to given positions.
  ///
  /// - Parameters:
  ///   - positions: Positions on the points' grid, distinct and in lexicographic order.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The clusters. Some may be empty.
  /// - Throws: `OutOfMemory`.
  package func clustering(at positions: Centroids, threadCount: Int) throws -> Clustering {
    switch self {
    case .float(let tree): try Assigner(tree, threadCount: threadCount).clustering(at: positions)
    case .double(let tree): try Assigner(tree, threadCount: threadCount).clustering(at: positions)
    }
  }
}

extension Assigner {
  fileprivate func clustering(at positions: Centroids) throws -> Clustering {
    let labels = try Storage<UInt32>(count: tree.points.count, reuse: true)
    let clusters = try assign(to: positions, labels: labels)
    return Clustering(
      positions: positions, labels: labels, clusters: clusters, inertia: inertia(clusters, positions))
  }
}
