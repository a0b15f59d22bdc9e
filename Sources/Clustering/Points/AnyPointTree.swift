/// A tree over points, in `Float` if scores of these points are exact in it, else in `Double` (see `ScoreTable`).
///
/// Several clusterings can share a tree.
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
