/// Points and a tree over them, which several clusterings can share.
///
/// The tree uses `Float` if that is exact for the points' distances, else `Double`.
package enum AnyPointTree {
  case float(PointTree<Float>)
  case double(PointTree<Double>)

  /// Builds the tree.
  ///
  /// - Parameters:
  ///   - points: At least one.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ points: Points, threadCount: Int = 1) throws {
    self =
      ScoreTable<Float>.fitsFloat(points)
      ? .float(try PointTree(points, threadCount: threadCount))
      : .double(try PointTree(points, threadCount: threadCount))
  }

  /// The points of the tree.
  package var points: Points {
    switch self {
    case .float(let tree): tree.points
    case .double(let tree): tree.points
    }
  }
}
