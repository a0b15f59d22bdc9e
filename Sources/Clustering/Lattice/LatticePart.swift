/// A part of the points, all of which are assigned either to any place or to strict places only.
struct LatticePart {
  let assigner: Assigner<Double>

  /// The numbers of the points.
  let range: Range<Int>

  /// Whether the points are assigned to strict places only.
  let isStrict: Bool

  /// Makes a part of the points below a node of the tree.
  private init(_ tree: PointTree<Double>, node: Int, isStrict: Bool, threadCount: Int) {
    assigner = Assigner(tree, below: node, threadCount: threadCount)
    range = tree.nodes.base[node].start..<tree.nodes.base[node].end
    self.isStrict = isStrict
  }

  /// Divides the points into parts: one, or two if there is a `Points.secondPart`.
  ///
  /// - Parameters:
  ///   - tree: The points.
  ///   - firstStrict: The first of the points that are assigned to strict places only, from 0 to the number of points.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The parts, in the order of their points.
  static func all(of tree: PointTree<Double>, firstStrict: Int, threadCount: Int) -> [LatticePart] {
    guard tree.points.secondPart != nil else {
      return [LatticePart(tree, node: 0, isStrict: firstStrict == 0, threadCount: threadCount)]
    }
    return [
      LatticePart(tree, node: 1, isStrict: false, threadCount: threadCount),
      LatticePart(tree, node: tree.nodes.base[0].right, isStrict: true, threadCount: threadCount),
    ]
  }
}
