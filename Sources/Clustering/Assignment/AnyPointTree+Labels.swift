import Memory

extension AnyPointTree {
  /// Finds the nearest centroid of each point, of equals the first.
  ///
  /// - Parameters:
  ///   - centroids: At least one.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The number of the centroid for each point.
  /// - Throws: `OutOfMemory`.
  package func labels(nearest centroids: Centroids, threadCount: Int) throws -> Storage<UInt32> {
    let labels = try Storage<UInt32>(count: points.count)
    switch self {
    case .float(let tree):
      _ = try Assigner(tree, threadCount: threadCount).assign(to: centroids, labels: labels)
    case .double(let tree):
      _ = try Assigner(tree, threadCount: threadCount).assign(to: centroids, labels: labels)
    }
    return labels
  }
}
