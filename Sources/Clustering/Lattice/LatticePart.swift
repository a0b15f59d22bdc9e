/// A part of the points, with the kind of places they are assigned to.
struct LatticePart {
  let assigner: Assigner<Double>

  /// The numbers of the points.
  let range: Range<Int>

  /// Whether the points are assigned to strict places only.
  let isStrict: Bool

  /// Takes the points below a node of the tree.
  private init(_ tree: PointTree<Double>, node: Int, isStrict: Bool, threadCount: Int) {
    assigner = Assigner(tree, below: node, threadCount: threadCount)
    range = tree.nodes.base[node].start..<tree.nodes.base[node].end
    self.isStrict = isStrict
  }

  /// The parts of all points: one part, or two where `Points.secondPart` cuts them.
  ///
  /// - Parameters:
  ///   - tree: The points.
  ///   - firstStrict: The first of the points that are assigned to strict places only, 0 to the number of points.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The parts in the order of their points.
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
