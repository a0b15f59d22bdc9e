import Clustering
import Testing

struct CentroidSwapTests {
  /// Groups of 9 x 9 points around the given middles.
  private func groups(_ middles: [[Int]]) -> PointSet {
    let coordinates = middles.flatMap { middle in
      (0..<81).map { [middle[0] + $0 % 9 - 4, middle[1] + $0 / 9 - 4, middle[2]] }
    }
    return PointSet(coordinates, upperBound: 255)
  }

  private func exchanged(
    _ set: PointSet, from start: [[Float]], _ effort: Effort, cellCount: Int = .max,
    threadCount: Int = 1
  ) throws -> CoresetClusters {
    let clusters = try CoresetClusters(
      set.coreset(cellCount), count: start.count, threadCount: threadCount)
    clusters.place(start)
    clusters.settle(until: 1e-4)
    let before = clusters.assign()
    try CentroidSwap(clusters, effort.exchange(64)).run()
    #expect(clusters.assign() <= before * 1.00001)
    return clusters
  }

  private func start(_ count: Int, _ dimension: Int, _ generator: inout SplitMix64) -> [[Float]] {
    (0..<count).map { _ in (0..<dimension).map { _ in Float(generator.draw(below: 256)) - 128 } }
  }

  @Test(arguments: Effort.allCases, [1, 2, 3, 4, 7])
  func inertiaNeverRises(effort: Effort, dimension: Int) throws {
    var generator = SplitMix64(seed: 1)
    let set = PointSet(random: 300, dimension: dimension, upperBound: 255, using: &generator)
    for cellCount in [60, 300] {
      for count in [2, 3, 8, 30] {
        _ = try exchanged(set, from: start(count, dimension, &generator), effort, cellCount: cellCount)
      }
    }
  }

  @Test(arguments: Effort.allCases)
  func aSharedCentroidAndASplitClusterAreRepaired(effort: Effort) throws {
    let middles = [
      [20, 20, 0], [60, 20, 0], [220, 220, 200], [20, 220, 100], [220, 20, 50], [120, 120, 250],
    ]
    let set = groups(middles)
    // The first two share one, the third has two.
    let bad: [[Float]] = [
      [40, 20, 0], [218, 220, 200], [222, 220, 200], [20, 220, 100], [220, 20, 50], [120, 120, 250],
    ]
    let start = bad.map { $0.map { $0 - 128 } }
    let stuck = try CoresetClusters(set.coreset(.max), count: 6, threadCount: 1)
    stuck.place(start)
    stuck.settle(until: 1e-9)
    let clusters = try exchanged(set, from: start, effort)
    clusters.settle(until: 1e-9)
    #expect(clusters.assign() < stuck.assign() / 5)
    // 81 points a group: the sum of squares of -4...4, 60, nine times for each of two planes.
    #expect(abs(clusters.assign() - 6 * 1080) < 1)
    let found = clusters.plainCentroids.map { $0.map { Int($0.rounded()) + 128 } }
    #expect(Set(found) == Set(middles))
  }

  @Test(arguments: Effort.allCases)
  func fewAndManyCentroidsAreFine(effort: Effort) throws {
    var generator = SplitMix64(seed: 2)
    for dimension in [1, 3, 5] {
      let set = PointSet(random: 60, dimension: dimension, upperBound: 255, using: &generator)
      for count in [2, 3, set.count - 1, set.count, set.count + 3] {
        _ = try exchanged(set, from: start(count, dimension, &generator), effort)
        // All in one place, most with no cells.
        _ = try exchanged(
          set, from: [[Float]](repeating: [Float](repeating: 3, count: dimension), count: count), effort)
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SplitMix64(seed: 3)
    let lattice = (0..<30000).map { [$0 % 150, $0 / 150] }
    var set = PointSet(lattice, upperBound: 255)
    set.weights = set.weights.map { _ in 1 + Int(generator.draw(below: 9)) }
    let start = start(12, 2, &generator)
    let single = try exchanged(set, from: start, .fast)
    for threadCount in [2, 7] {
      let threaded = try exchanged(set, from: start, .fast, threadCount: threadCount)
      #expect(threaded.threadCount == threadCount)
      #expect(threaded.plainCentroids == single.plainCentroids)
      #expect(firstDifference(threaded.nearestSquares.values, single.nearestSquares.values) == nil)
    }
  }

  @Test func noRoundsAreNoExchanges() throws {
    let set = groups([[20, 20, 0], [60, 20, 0], [220, 220, 200]])
    let clusters = try CoresetClusters(set.coreset(.max), count: 2, threadCount: 1)
    var effort = Effort.best.exchange(64)
    effort.roundLimit = 0
    #expect(try CentroidSwap(clusters, effort).run() == 0)
    #expect(clusters.plainCentroids == [[0, 0, 0], [0, 0, 0]])
  }
}
