import Memory
import Workers

/// The density at each point: the weight of all points within a radius.
package enum PointDensities {
  /// Computes the density at each point.
  ///
  /// The points of a node share the density at their mean if the node's diagonal is at most half the radius, or if it
  /// is a leaf and its diagonal is at most the radius.
  ///
  /// - Parameters:
  ///   - forest: The points.
  ///   - radius: The radius, on the scale 0...1 of the grid.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The density at each point, at least the point's own weight.
  /// - Throws: `OutOfMemory`.
  package static func densities(
    of forest: AnyPointTree, radius: Double, threadCount: Int
  ) throws -> Storage<Int> {
    switch forest {
    case .float(let tree): try densities(of: tree, radius, threadCount)
    case .double(let tree): try densities(of: tree, radius, threadCount)
    }
  }

  private static func densities<Scalar: ExactScalar>(
    of tree: PointTree<Scalar>, _ radius: Double, _ threadCount: Int
  ) throws -> Storage<Int> {
    let density = try DensityTree(tree)
    let unit = Double(tree.points.upperBound << DensityTree<Scalar>.fractionBits)
    let length = Int((radius * unit).rounded())
    let square = length * length
    guard let parts = try density.parts(ofDiagonal: square / 4, leaves: square, limit: .max) else {
      preconditionFailure("there is no limit")
    }
    let densities = try Storage<Int>(count: tree.points.count)
    let middles = try Centroids(count: threadCount, dimension: tree.points.dimension)
    let spare = try (0..<threadCount).map { _ in try Storage<Int>(count: tree.items) }
    withWorkers(threadCount, sharing: parts.count) { worker, number in
      let part = parts[number]
      let middle = middles.position(worker)
      density.mean(of: part, into: middle)
      let sums = spare[worker].base
      density.sum(.init(middle: middle, square: square, grain: square / 4), into: sums)
      for point in part.range {
        // The sum may lack the point itself, because either all or none of the points of a small node count.
        densities.base[point] = max(sums[0], tree.points.weights.base[point])
      }
    }
    return densities
  }
}
