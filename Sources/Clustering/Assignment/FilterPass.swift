import Memory

/// One walk over a tree that assigns each point to its nearest centroid; of equally near ones, to the first.
///
/// This is the filtering algorithm of Kanungo et al. (see `PointTree`), section 3. On the way down, it discards
/// centroids that can be nearest to no point of a node's box. The result is exactly that of comparing every point with
/// every centroid.
final class FilterPass<Scalar: ExactScalar> {
  typealias Vector = Scalar.Vector

  /// For each centroid, the moments of its cluster, as in `PointTree.sums`.
  let clusters: Storage<Int>

  private let tree: PointTree<Scalar>
  private let dimension: Int
  private let centroidCount: Int
  private let items: Int
  private let clusterBase: UnsafeMutablePointer<Int>
  private let coordinates: UnsafePointer<UInt16>
  private let pointCount: Int
  private let middle: UInt16
  private let packedMoments: UnsafePointer<SIMD4<UInt32>>?
  private let nodes: UnsafePointer<PointTree<Scalar>.Node>
  private let sums: UnsafePointer<Int>
  private let boxes: UnsafePointer<Scalar>

  /// The candidates of each node from the root to the current one. The list of a node follows that of its parent.
  private let lists: CandidateLists<Scalar>

  /// Memory for one vector.
  private let winners: UnsafeMutablePointer<Scalar>
  private let winnerStorage: Storage<Scalar>

  /// Receives the label of each point; nil if labels are not needed.
  private var labels: UnsafeMutablePointer<UInt32>?

  /// Prepares walks with `centroidCount` centroids.
  ///
  /// - Throws: `OutOfMemory`.
  init(_ tree: PointTree<Scalar>, centroidCount: Int) throws {
    self.tree = tree
    self.centroidCount = centroidCount
    dimension = tree.points.dimension
    items = tree.items
    clusters = try Storage(count: centroidCount * items)
    lists = try CandidateLists(centroidCount, count: tree.height + 1, dimension: dimension)
    winnerStorage = try Storage(count: 8)
    clusterBase = clusters.base
    coordinates = UnsafePointer(tree.points.coordinates.base)
    pointCount = tree.points.count
    middle = UInt16(truncatingIfNeeded: gridMiddle(upperBound: tree.points.upperBound))
    packedMoments = tree.packedMoments.map { UnsafePointer($0.base) }
    nodes = UnsafePointer(tree.nodes.base)
    sums = UnsafePointer(tree.sums.base)
    boxes = UnsafePointer(tree.boxes.base)
    winners = winnerStorage.base
  }

  /// Resets the clusters and takes over a table of centroids.
  func begin(_ table: ScoreTable<Scalar>, labels: UnsafeMutablePointer<UInt32>?) {
    precondition(table.count == centroidCount)
    self.labels = labels
    clusterBase.update(repeating: 0, count: centroidCount * items)
    lists.begin(table)
  }

  /// Assigns the points below `node`.
  func assign(node: Int) {
    visit(node, list: 0, count: centroidCount)
  }

  private func visit(_ node: Int, list: Int, count: Int) {
    var count = count
    var list = list
    if count > 1 {
      let best = nearest(to: node, list: list, count: count)
      let next = list + (count + 7) / 8 * 8
      count = prune(node, list: list, count: count, best: best, into: next)
      list = next
    }
    let shape = nodes[node]
    if count == 1 {
      take(node, shape, by: Int(lists.numbers[list]))
    } else if shape.isLeaf || shape.end - shape.start <= Self.comparisonLimit {
      compare(shape, list: list, count: count)
    } else {
      visit(node + 1, list: list, count: count)
      visit(shape.right, list: list, count: count)
    }
  }

  /// Maximum number of points in an inner node whose points are compared one by one.
  ///
  /// A lower limit means more visits of nodes, a higher one more distance computations. On photographs with 16 and 256
  /// clusters, times for limits from 64 to 256 differed by less than 10 %.
  static var comparisonLimit: Int { 64 }

  /// Assigns all points of a node to one centroid.
  @inline(__always)
  private func take(_ node: Int, _ shape: PointTree<Scalar>.Node, by centroid: Int) {
    let cluster = clusterBase + centroid * items
    for item in 0..<items {
      cluster[item] &+= sums[node * items + item]
    }
    if let labels {
      for point in shape.start..<shape.end {
        labels[point] = UInt32(truncatingIfNeeded: centroid)
      }
    }
  }

  /// The index in a list of the candidate nearest to the middle of a node's box; of equally near ones, the first.
  @inline(__always)
  private func nearest(to node: Int, list: Int, count: Int) -> Int {
    let box = boxes + 2 * dimension * node
    let offsets = lists.offsets + list
    let slopes = lists.slopes + list
    var bestScores = Vector(repeating: .infinity)
    var bestBlocks = Vector(repeating: 0)
    var block = 0
    while block < count {
      var scores = load(offsets + block)
      for plane in 0..<dimension {
        let middle = (box[plane] + box[dimension + plane]) / 2
        scores -= load(slopes + plane &* lists.stride + block) * middle
      }
      Scalar.keepLower(scores, Scalar.tag(block), in: &bestScores, &bestBlocks)
      block &+= 8
    }
    let lanes = Scalar.lanes(bestScores, atMost: Scalar.lowest(bestScores))
    let lane = lanes.trailingZeroBitCount
    UnsafeMutableRawPointer(winners).storeBytes(of: bestBlocks, as: Vector.self)
    return Scalar.number(winners[lane]) + lane
  }

  /// Copies the candidates that may be nearest to some point of a node's box, and returns their number.
  ///
  /// The difference between the scores of a candidate and of `best` is linear, so it is lowest in the corner of the box
  /// that is farthest in the direction of the candidate. If it is positive even there, `best` is nearer to every point
  /// of the box.
  @inline(__always)
  private func prune(_ node: Int, list: Int, count: Int, best: Int, into target: Int) -> Int {
    let box = boxes + 2 * dimension * node
    let offsets = lists.offsets + list
    let slopes = lists.slopes + list
    let bestOffset = offsets[best]
    var kept = 0
    var block = 0
    while block < count {
      var least = load(offsets + block) - bestOffset
      for plane in 0..<dimension {
        let difference = load(slopes + plane &* lists.stride + block) - slopes[plane &* lists.stride + best]
        let towardsLow = difference * box[plane]
        let towardsHigh = difference * box[dimension + plane]
        least -= Scalar.larger(towardsLow, towardsHigh)
      }
      var lanes = Scalar.lanes(least, atMost: 0)
      if lanes != 0 {
        UnsafeMutableRawPointer(winners).storeBytes(of: least, as: Vector.self)
        while lanes != 0 {
          let lane = lanes.trailingZeroBitCount
          lanes &= lanes &- 1
          // Of a candidate and `best` with equal scores, the one with the lower number wins. Lists are in the order of
          // numbers.
          if winners[lane] < 0 || block + lane <= best {
            lists.copy(list + block + lane, to: target + kept)
            kept &+= 1
          }
        }
      }
      block &+= 8
    }
    lists.fillUp(target + kept)
    return kept
  }

  /// Compares each point of a node with each candidate of a list.
  @inline(__always)
  private func compare(_ leaf: PointTree<Scalar>.Node, list: Int, count: Int) {
    if dimension == 3 {
      compareTriples(leaf, list: list, count: count)
      return
    }
    let offsets = lists.offsets + list
    let slopes = lists.slopes + list
    var start = leaf.start
    while start < leaf.end {
      var bestScores = Vector(repeating: .infinity)
      var bestPlaces = Vector(repeating: 0)
      for place in 0..<count {
        var scores = Vector(repeating: offsets[place])
        for plane in 0..<dimension {
          scores -= points(start, plane) * slopes[plane * lists.stride + place]
        }
        Scalar.keepLower(scores, Scalar.tag(place), in: &bestScores, &bestPlaces)
      }
      take(start, min(8, leaf.end - start), bestPlaces, list: list)
      start += 8
    }
  }

  @inline(never)
  private func compareTriples(_ leaf: PointTree<Scalar>.Node, list: Int, count: Int) {
    let offsets = lists.offsets + list
    let first = lists.slopes + list
    let second = first + lists.stride
    let third = second + lists.stride
    var start = leaf.start
    while start < leaf.end {
      let x = points(start, 0)
      let y = points(start, 1)
      let z = points(start, 2)
      var bestScores = Vector(repeating: offsets[0]) - x * first[0] - y * second[0] - z * third[0]
      var bestPlaces = Vector(repeating: 0)
      var place = 1
      while place < count {
        let offset = Vector(repeating: offsets[place])
        let scores = offset - x * first[place] - y * second[place] - z * third[place]
        Scalar.keepLower(scores, Scalar.tag(place), in: &bestScores, &bestPlaces)
        place &+= 1
      }
      take(start, min(8, leaf.end &- start), bestPlaces, list: list)
      start &+= 8
    }
  }

  /// Assigns points to the candidates at `places` in a list.
  @inline(__always)
  private func take(_ start: Int, _ count: Int, _ places: Vector, list: Int) {
    UnsafeMutableRawPointer(winners).storeBytes(of: places, as: Vector.self)
    let numbers = lists.numbers + list
    if let labels {
      for lane in 0..<count {
        labels[start &+ lane] = UInt32(truncatingIfNeeded: numbers[Scalar.number(winners[lane])])
      }
    }
    if let packedMoments {
      let clusters = UnsafeMutableRawPointer(clusterBase).assumingMemoryBound(to: SIMD4<Int>.self)
      for lane in 0..<count {
        clusters[Int(numbers[Scalar.number(winners[lane])])] &+=
          SIMD4<Int>(truncatingIfNeeded: packedMoments[start &+ lane])
      }
    } else {
      for lane in 0..<count {
        add(start &+ lane, to: clusterBase + Int(numbers[Scalar.number(winners[lane])]) &* items)
      }
    }
  }

  /// Adds a point's moments to a cluster.
  @inline(__always)
  private func add(_ point: Int, to cluster: UnsafeMutablePointer<Int>) {
    let weight = tree.points.weights.base[point]
    cluster[0] &+= weight
    for plane in 0..<dimension {
      cluster[plane &+ 1] &+= weight &* tree.points.coordinate(plane, of: point)
    }
  }

  /// One coordinate of eight points, minus the middle of the grid.
  @inline(__always)
  private func points(_ start: Int, _ plane: Int) -> Vector {
    Scalar.centered(coordinates + (plane &* pointCount &+ start), middle: middle)
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Scalar>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
