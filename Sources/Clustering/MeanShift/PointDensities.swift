import Memory
import Workers

/// The weight around each point: of all points within a distance.
package enum PointDensities {
  /// Adds up the weight around each point.
  ///
  /// Points in a box of the tree whose diagonal is at most half the radius, or in a leaf whose diagonal is at most the
  /// radius, share one density, that around their mean.
  ///
  /// - Parameters:
  ///   - forest: The points.
  ///   - radius: The distance, on the scale 0...1 of the grid.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: For each point the weight within the radius, at least its own.
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
        // What counts whole or not at all may miss the points themselves.
        densities.base[point] = max(sums[0], tree.points.weights.base[point])
      }
    }
    return densities
  }
}
