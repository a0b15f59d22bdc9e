/// Points and the tree built on them, to be clustered as often as wanted.
///
/// The tree computes in the narrower kind of number in which distances of these points are exact.
package enum PointForest {
  case float(PointTree<Float>)
  case double(PointTree<Double>)

  /// Builds the tree.
  ///
  /// - Parameters:
  ///   - points: At least one.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ points: Points, threadCount: Int = 1) throws {
    self =
      ScoreTable<Float>.fitsFloat(points)
      ? .float(try PointTree(points, threadCount: threadCount))
      : .double(try PointTree(points, threadCount: threadCount))
  }

  /// What was given.
  package var points: Points {
    switch self {
    case .float(let tree): tree.points
    case .double(let tree): tree.points
    }
  }
}
