/// Points and the tree built on them, to be clustered as often as wanted.
///
/// The tree computes in the narrower kind of number in which distances of these points are exact.
package enum PointForest {
  case float(PointTree<Float>)
  case double(PointTree<Double>)

  /// Builds the tree.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ points: Points) throws {
    self =
      ScoreTable<Float>.fitsFloat(points)
      ? .float(try PointTree(points)) : .double(try PointTree(points))
  }

  /// What was given.
  package var points: Points {
    switch self {
    case .float(let tree): tree.points
    case .double(let tree): tree.points
    }
  }
}
