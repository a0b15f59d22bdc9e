import Memory
import Workers

/// Assigns points to their nearest centroids, on several threads.
package final class Assigner<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>
  let threadCount: Int

  /// Disjoint subtrees that together contain the points to assign, in order.
  private let subtrees: [Int]

  /// One pass for each thread. Passes are reused as long as the number of centroids stays the same.
  private var passes: [FilterPass<Scalar>] = []
  private var passCentroidCount = 0

  /// - Parameters:
  ///   - tree: The points.
  ///   - node: The node whose points are assigned; 0 is the root.
  ///   - threadCount: Maximum number of threads, at least 1.
  package init(_ tree: PointTree<Scalar>, below node: Int = 0, threadCount: Int) {
    self.tree = tree
    let shape = tree.nodes.base[node]
    let pointCount = shape.end - shape.start
    self.threadCount = pointCount >= Self.pointsPerThread ? threadCount : 1
    subtrees =
      self.threadCount == 1 ? [node] : tree.subtrees(of: pointCount / (8 * self.threadCount), below: node)
  }

  /// Minimum number of points per thread. Assigning fewer takes less time than waking a thread.
  private static var pointsPerThread: Int { 8192 }

  /// Assigns the points of the node to their nearest centroids. Of equally near centroids, the one with the lowest
  /// number is taken.
  ///
  /// - Parameters:
  ///   - centroids: At least one.
  ///   - labels: Receives the number of each point's centroid; nil if labels are not needed.
  /// - Returns: For each centroid, the weight of its cluster, then the weighted sum of each coordinate.
  /// - Throws: `OutOfMemory`.
  package func assign(to centroids: Centroids, labels: Storage<UInt32>? = nil) throws -> Storage<Int> {
    let table = try ScoreTable<Scalar>(centroids, upperBound: tree.points.upperBound)
    if passes.isEmpty || passCentroidCount != centroids.count {
      passes = try (0..<threadCount).map { _ in try FilterPass(tree, centroidCount: centroids.count) }
      passCentroidCount = centroids.count
    }
    for pass in passes {
      pass.begin(table, labels: labels?.base)
    }
    nonisolated(unsafe) let workers = passes
    let subtrees = self.subtrees
    withWorkers(threadCount, sharing: subtrees.count) { worker, index in
      workers[worker].assign(node: subtrees[index])
    }
    let clusters = try Storage<Int>(count: centroids.count * tree.items)
    for pass in passes {
      for index in 0..<clusters.elements.count {
        clusters.base[index] &+= pass.clusters.base[index]
      }
    }
    return clusters
  }

  /// Computes the inertia: the weighted sum of squared distances of the points from their centroids.
  ///
  /// - Parameters:
  ///   - clusters: The sums that `assign` returned for all points.
  ///   - centroids: The same number of centroids, at any positions.
  /// - Returns: The exact inertia, in units of the centroids' grid squared.
  package func inertia(_ clusters: Storage<Int>, _ centroids: Centroids) -> Int128 {
    let items = centroids.dimension + 1
    var sum = tree.totalSquares << Int128(2 * centroids.fractionBits)
    for centroid in 0..<centroids.count {
      let position = centroids.position(centroid)
      let weight = Int128(clusters.elements[centroid * items])
      for plane in 0..<centroids.dimension {
        let coordinate = Int128(position[plane])
        let total = Int128(clusters.elements[centroid * items + plane + 1]) << Int128(centroids.fractionBits)
        sum += coordinate * (weight * coordinate - 2 * total)
      }
    }
    return sum
  }
}

extension PointTree {
  /// Divides the points below a node into the largest subtrees of at most `limit` points.
  ///
  /// - Returns: The root nodes of the subtrees, in order of their points. A leaf with more points is one subtree.
  func subtrees(of limit: Int, below node: Int) -> [Int] {
    var found = [Int]()
    var waiting = [node]
    while let node = waiting.popLast() {
      let shape = nodes.elements[node]
      if shape.isLeaf || shape.end - shape.start <= limit {
        found.append(node)
      } else {
        waiting.append(shape.right)
        waiting.append(node + 1)
      }
    }
    return found
  }
}
