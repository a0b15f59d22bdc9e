/// Some of the points of a color space, with what they want of the colors they are given to.
struct GamutPart {
  let assigner: Assigner<Double>

  /// The points.
  let range: Range<Int>

  /// Whether only opaque colors will do.
  let wantsOpaque: Bool

  /// The points below a node of the tree.
  private init(_ tree: PointTree<Double>, node: Int, wantsOpaque: Bool, threadCount: Int) {
    assigner = Assigner(tree, below: node, threadCount: threadCount)
    range = tree.nodes.base[node].start..<tree.nodes.base[node].end
    self.wantsOpaque = wantsOpaque
  }

  /// All points of a space; where opacity matters, the opaque ones and the others apart.
  static func all(
    of working: WorkingPoints, _ tree: PointTree<Double>, threadCount: Int
  ) -> [GamutPart] {
    guard working.points.secondPart != nil else {
      return [GamutPart(tree, node: 0, wantsOpaque: working.firstOpaque == 0, threadCount: threadCount)]
    }
    return [
      GamutPart(tree, node: 1, wantsOpaque: false, threadCount: threadCount),
      GamutPart(tree, node: tree.nodes.base[0].right, wantsOpaque: true, threadCount: threadCount),
    ]
  }
}
