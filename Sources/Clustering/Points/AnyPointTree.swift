/// Points and the tree over them, which any number of clusterings can share.
///
/// The tree computes in `Float` where the distances between these points are exact in it, otherwise in `Double`.
package enum AnyPointTree {
  case float(PointTree<Float>)
  case double(PointTree<Double>)

  /// Builds the tree.
  ///
  /// - Parameters:
  ///   - points: At least one.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ points: Points, threadCount: Int = 1) throws {
    self =
      ScoreTable<Float>.fitsFloat(points)
      ? .float(try PointTree(points, threadCount: threadCount))
      : .double(try PointTree(points, threadCount: threadCount))
  }

  /// The points under the tree.
  package var points: Points {
    switch self {
    case .float(let tree): tree.points
    case .double(let tree): tree.points
    }
  }
}
