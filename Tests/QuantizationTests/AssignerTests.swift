import Clustering
import Memory
import Testing

/// The tree and its filter against comparing every point with every centroid.
struct AssignerTests {
  /// Points, centroids and the fractional bits of their coordinates.
  private struct Task {
    var set: PointSet
    var centroids: [[Int]]
    var fractionBits: Int
  }

  private func expectBruteForce(_ task: Task, threads: [Int] = [1]) throws {
    let points = try task.set.points()
    let expected = BruteForce(task.set, task.centroids, fractionBits: task.fractionBits)
    try expect(expected, of: task, PointTree<Double>(points), threads)
    if task.set.upperBound <= 255 && task.set.dimension <= 6 {
      try expect(expected, of: task, PointTree<Float>(points), threads)
    }
  }

  private func expect<Scalar: ExactScalar>(
    _ expected: BruteForce, of task: Task, _ tree: PointTree<Scalar>, _ threads: [Int]
  ) throws {
    let inertia = expected.inertia(task.set, task.centroids, fractionBits: task.fractionBits)
    let centroids = try Centroids(
      count: task.centroids.count, dimension: task.set.dimension, fractionBits: task.fractionBits)
    _ = centroids.coordinates.elements.update(fromContentsOf: task.centroids.joined().map(Int32.init))
    for threadCount in threads {
      let assigner = Assigner(tree, threadCount: threadCount)
      let labels = try Storage<UInt32>(count: task.set.count)
      labels.elements.update(repeating: .max)
      let clusters = try assigner.assign(to: centroids, labels: labels)
      #expect(firstDifference(labels.values.map(Int.init), expected.labels) == nil)
      #expect(firstDifference(clusters.values, Array(expected.clusters.joined())) == nil)
      #expect(assigner.inertia(clusters, centroids) == inertia)
      #expect(firstDifference(try assigner.assign(to: centroids).values, clusters.values) == nil)
    }
  }

  /// Centroids of three kinds: anywhere, on the coarse grid's points, and copies of each other.
  private func centroids(
    _ count: Int, _ set: PointSet, fractionBits: Int, using generator: inout SplitMix64
  ) -> [[Int]] {
    var centroids = [[Int]]()
    let bound = UInt64(set.upperBound << fractionBits + 1)
    for index in 0..<count {
      switch generator.draw(below: index == 0 ? 2 : 3) {
      case 0: centroids.append((0..<set.dimension).map { _ in Int(generator.draw(below: bound)) })
      case 1:
        centroids.append(
          set.coordinates[Int(generator.draw(below: UInt64(set.count)))].map { $0 << fractionBits })
      default: centroids.append(centroids[Int(generator.draw(below: UInt64(index)))])
      }
    }
    return centroids
  }

  /// Points in two parts, each in Morton order by itself, together and one by one.
  @Test(arguments: [2, 20, 3000, 20000])
  func partsAreHalvesOfTheTree(count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    let whole = PointSet(random: count, dimension: 3, upperBound: 65535, using: &generator)
    let parts = [true, false].map { isFirst in
      whole.coordinates.indices.filter { ($0 % 3 == 0) == isFirst }
    }
    var set = whole
    set.coordinates = parts.joined().map { whole.coordinates[$0] }
    set.weights = parts.joined().map { whole.weights[$0] }
    let boundary = parts[0].count
    let centroids = centroids(9, set, fractionBits: 0, using: &generator)
    let expected = BruteForce(set, centroids, fractionBits: 0)
    let tree = try PointTree<Double>(set.points(secondPart: boundary))
    try expect(expected, of: Task(set: set, centroids: centroids, fractionBits: 0), tree, [1, 2])
    let positions = try Centroids(count: 9, dimension: 3, fractionBits: 0)
    _ = positions.coordinates.elements.update(fromContentsOf: centroids.joined().map(Int32.init))
    for (node, range) in [(1, 0..<boundary), (tree.nodes.base[0].right, boundary..<count)] {
      for threadCount in [1, 2] {
        let labels = try Storage<UInt32>(count: count)
        labels.elements.update(repeating: .max)
        let clusters = try Assigner(tree, below: node, threadCount: threadCount)
          .assign(to: positions, labels: labels)
        #expect(
          (0..<count).allSatisfy {
            labels.base[$0] == (range.contains($0) ? UInt32(expected.labels[$0]) : .max)
          })
        let weight = (0..<9).reduce(0) { $0 + clusters.base[4 * $1] }
        #expect(weight == set.weights[range].reduce(0, +))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7], [1, 15, 255, 1000, 65535])
  func agreesWithBruteForce(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension * upperBound))
    for (pointCount, centroidCount) in [(1, 1), (2, 5), (20, 40), (150, 7), (300, 8), (200, 9), (400, 33)] {
      let set = PointSet(random: pointCount, dimension: dimension, upperBound: upperBound, using: &generator)
      for fractionBits in [0, 6] {
        let centroids = centroids(centroidCount, set, fractionBits: fractionBits, using: &generator)
        try expectBruteForce(Task(set: set, centroids: centroids, fractionBits: fractionBits))
      }
    }
  }

  /// On a full grid with centroids on the grid nearly every box has points at equal distances.
  @Test(arguments: [0, 6])
  func tiesGoToTheLowestNumber(fractionBits: Int) throws {
    var generator = SplitMix64(seed: 1)
    let plane = PointSet((0..<1024).map { [$0 & 31, $0 >> 5] }, upperBound: 31)
    let cube = PointSet((0..<1000).map { [$0 % 10, $0 / 10 % 10, $0 / 100] }, upperBound: 9)
    let line = PointSet((0..<1000).map { [$0] }, upperBound: 1023)
    for set in [plane, cube, line] {
      for count in [2, 3, 4, 8, 17, 40] {
        let centroids = (0..<count).map { _ in
          (0..<set.dimension).map { _ in
            Int(generator.draw(below: UInt64(set.upperBound + 1))) << fractionBits
          }
        }
        try expectBruteForce(Task(set: set, centroids: centroids, fractionBits: fractionBits))
        let corners = centroids.map { $0.map { $0 / 2 * 2 } }
        try expectBruteForce(Task(set: set, centroids: corners, fractionBits: fractionBits))
      }
    }
  }

  /// The score at no fractional bits is the squared distance itself.
  @Test(arguments: [1, 3, 4, 7], [1, 255, 65535])
  func labelIsTheNearestOnTheCoarseGrid(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension * upperBound))
    let set = PointSet(random: 400, dimension: dimension, upperBound: upperBound, using: &generator)
    let positions = centroids(30, set, fractionBits: 0, using: &generator)
    let centroids = try Centroids(count: 30, dimension: dimension, fractionBits: 0)
    _ = centroids.coordinates.elements.update(fromContentsOf: positions.joined().map(Int32.init))
    let labels = try Storage<UInt32>(count: set.count)
    _ = try Assigner(PointTree<Double>(set.points()), threadCount: 1).assign(to: centroids, labels: labels)
    for (point, label) in zip(set.coordinates, labels.values) {
      let squares = positions.map { squaredDistance(point, $0) }
      #expect(squares.firstIndex(of: squares.min() ?? 0) == Int(label))
    }
  }

  /// Scores of corners of the cube are the largest there are: a Float must still hold them.
  @Test(arguments: 1...7, [255, 65535])
  func extremeCoordinatesAreExact(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension))
    var corners = Set<[Int]>()
    for _ in 0..<200 {
      corners.insert(
        (0..<dimension).map { _ in
          let edge = Int(generator.draw(below: 3))
          return generator.draw(below: 2) == 0 ? min(edge, upperBound) : max(upperBound - edge, 0)
        })
    }
    let set = PointSet(Array(corners), upperBound: upperBound)
    for fractionBits in [0, 6] {
      let positions = (0..<24).map { _ in
        (0..<dimension).map { _ in
          let edge = Int(generator.draw(below: 5))
          return generator.draw(below: 2) == 0 ? edge : upperBound << fractionBits - edge
        }
      }
      try expectBruteForce(Task(set: set, centroids: positions, fractionBits: fractionBits))
    }
  }

  @Test(arguments: [(2, 255), (3, 255), (3, 65535)])
  func threadsChangeNothing(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: 9)
    // More points than the number below which one thread does it all.
    let set = PointSet(random: 9000, dimension: dimension, upperBound: upperBound, using: &generator)
    let centroids = centroids(12, set, fractionBits: 6, using: &generator)
    try expectBruteForce(Task(set: set, centroids: centroids, fractionBits: 6), threads: [1, 2, 7])
  }

  @Test func inertiaIsExactBeyond64Bits() throws {
    var set = PointSet([[0, 0], [65535, 65535]], upperBound: 65535)
    set.weights = [1 << 40, 1 << 40]
    try expectBruteForce(Task(set: set, centroids: [[0, 0]], fractionBits: 6))
    try expectBruteForce(Task(set: set, centroids: [[1 << 21, 1 << 21]], fractionBits: 6))
  }
}
