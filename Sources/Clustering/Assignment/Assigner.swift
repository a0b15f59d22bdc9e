import Memory
import Workers

/// Assigns points to their nearest centroids, on several threads.
package final class Assigner<Scalar: ExactScalar> {
  let tree: PointTree<Scalar>
  let threadCount: Int

  /// Subtrees whose points together are those wanted, in order.
  private let subtrees: [Int]

  /// A pass for each thread, kept from one assignment to the next for as many centroids.
  private var passes: [FilterPass<Scalar>] = []
  private var passCentroidCount = 0

  /// - Parameters:
  ///   - tree: The points.
  ///   - node: The node whose points are to be assigned; the root is 0.
  ///   - threadCount: Threads that may work at a time, at least 1.
  package init(_ tree: PointTree<Scalar>, below node: Int = 0, threadCount: Int) {
    self.tree = tree
    let shape = tree.nodes.base[node]
    let pointCount = shape.end - shape.start
    self.threadCount = pointCount >= Self.pointsPerThread ? threadCount : 1
    subtrees =
      self.threadCount == 1 ? [node] : tree.subtrees(of: pointCount / (8 * self.threadCount), below: node)
  }

  /// Assigning fewer points than this takes less time than waking a thread.
  private static var pointsPerThread: Int { 8192 }

  /// Assigns the points below the node.
  ///
  /// - Parameters:
  ///   - centroids: At least one.
  ///   - labels: Receives the number of each point's centroid; nil if it is not wanted.
  /// - Returns: For each centroid the weight of its cluster, then the weighted sum of each coordinate.
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

  /// The inertia: the weighted sum of squared distances of the points from the centroids they were assigned to.
  ///
  /// - Parameters:
  ///   - clusters: What `assign` returned for all points.
  ///   - centroids: Those it was called with, or others in their places.
  /// - Returns: Exactly, in units of the fine grid squared.
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
  /// The largest subtrees of at most `limit` points, or single leaves, that together hold a node's points, in order.
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
