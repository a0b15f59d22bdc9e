import Clustering
import Testing

/// K-means around positions that have to be in the palette.
struct FixedTests {
  private func settings(_ count: Int, _ start: StartMethod? = nil) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = start
    settings.seed = 3
    return settings
  }

  /// Some of the points and positions anywhere, distinct and in lexicographic order.
  private func positions(
    _ count: Int, onPoints: Int = 0, near set: PointSet, using generator: inout SplitMix64
  ) -> [[Int]] {
    var drawn = Set<[Int]>()
    while drawn.count < onPoints {
      drawn.insert(set.coordinates[Int(generator.draw(below: UInt64(set.count)))])
    }
    while drawn.count < count {
      drawn.insert((0..<set.dimension).map { _ in Int(generator.draw(below: UInt64(set.upperBound + 1))) })
    }
    return drawn.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func cluster(_ set: PointSet, _ settings: KMeansSettings, _ fixed: [[Int]]) throws -> Clustering {
    let points = try set.points()
    return try KMeans(settings).cluster(AnyPointTree(points), fixed: centroids(fixed))
  }

  private func centroids(_ fixed: [[Int]]) throws -> Centroids {
    let centroids = try Centroids(count: fixed.count, dimension: fixed[0].count, fractionBits: 0)
    for (place, coordinate) in fixed.joined().enumerated() {
      centroids.coordinates.elements[place] = Int32(coordinate)
    }
    return centroids
  }

  @Test(arguments: StartMethod.allCases.map(Optional.some) + [nil])
  func lawsHoldForEveryStart(start: StartMethod?) throws {
    var generator = SplitMix64(seed: 1)
    for (dimension, upperBound) in [(1, 255), (3, 255), (5, 255), (3, 65535), (5, 65535)] {
      let set = PointSet(random: 120, dimension: dimension, upperBound: upperBound, using: &generator)
      for (fixedCount, onPoints) in [(1, 0), (4, 2), (9, 9), (30, 3)] {
        let fixed = positions(fixedCount, onPoints: onPoints, near: set, using: &generator)
        for count in [fixedCount, fixedCount + 1, fixedCount + 20] {
          let clustering = try cluster(set, settings(count, start), fixed)
          expectLaws(clustering, of: set, count: count, fixed: fixed)
        }
      }
    }
  }

  @Test(arguments: Effort.allCases)
  func lawsHoldForEveryEffort(effort: Effort) throws {
    var generator = SplitMix64(seed: 2)
    for (dimension, upperBound) in [(3, 255), (4, 65535)] {
      let set = PointSet(random: 3000, dimension: dimension, upperBound: upperBound, using: &generator)
      let fixed = positions(7, onPoints: 3, near: set, using: &generator)
      for count in [8, 40] {
        var settings = settings(count)
        settings.effort = effort
        settings.runCount = 2
        expectLaws(try cluster(set, settings, fixed), of: set, count: count, fixed: fixed)
      }
    }
  }

  @Test func stoppedRunsHaveTheFixedPositions() throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 60, dimension: 2, upperBound: 255, using: &generator)
    let fixed = positions(6, onPoints: 2, near: set, using: &generator)
    for limit in 0...2 {
      var settings = settings(20, .random)
      settings.iterationLimit = limit
      let clustering = try cluster(set, settings, fixed)
      expectLaws(
        clustering, of: set, count: 20, fixed: fixed, isSettled: clustering.course?.isConverged == true)
    }
  }

  /// Fixed positions too far away to have points cost no more than their places.
  @Test func farPositionsOnlyTakePlaces() throws {
    var generator = SplitMix64(seed: 4)
    var set = PointSet(random: 500, dimension: 3, upperBound: 60, using: &generator)
    set.upperBound = 255
    let fixed = [[200, 255, 255], [255, 200, 255], [255, 255, 255]]
    for count in [4, 5, 11] {
      let clustering = try cluster(set, settings(count), fixed)
      expectLaws(clustering, of: set, count: count, fixed: fixed)
      let alone = try KMeans(settings(count - 3)).cluster(set.points())
      #expect(Double(clustering.inertia) <= 1.005 * Double(alone.inertia))
    }
  }

  /// With as many places as there are points and fixed positions but one, all points but two have their own.
  @Test func allButOneOfTheUnion() throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(random: 40, dimension: 3, upperBound: 255, weights: 1...1, using: &generator)
    let fixed = positions(10, onPoints: 4, near: set, using: &generator)
    let union = Set(fixed + set.coordinates).count
    for start in StartMethod.allCases {
      expectLaws(
        try cluster(set, settings(union - 1, start), fixed), of: set, count: union - 1, fixed: fixed)
    }
  }

  @Test(arguments: [255, 65535])
  func threadsChangeNothing(upperBound: Int) throws {
    var generator = SplitMix64(seed: 6)
    let set = PointSet(random: 9000, dimension: 3, upperBound: upperBound, using: &generator)
    let fixed = try centroids(positions(5, onPoints: 2, near: set, using: &generator))
    let points = try set.points()
    var settings = settings(24)
    settings.effort = .fast
    let single = try KMeans(settings).cluster(AnyPointTree(points), fixed: fixed)
    for threadCount in 2...4 {
      settings.threadCount = threadCount
      let threaded = try KMeans(settings).cluster(
        AnyPointTree(points, threadCount: threadCount), fixed: fixed)
      #expect(threaded.plainPositions == single.plainPositions)
      #expect(firstDifference(threaded.plainLabels, single.plainLabels) == nil)
    }
  }

  /// The best of all ways to give a few points to the fixed and to two other positions.
  @Test func fewPointsAreClusteredInTheBestWay() throws {
    var generator = SplitMix64(seed: 7)
    var hits = 0
    for trial in 0..<30 {
      let set = PointSet(
        random: 8, dimension: 1 + trial % 3, upperBound: 60, weights: 1...4, using: &generator)
      let fixed = positions(2, onPoints: trial % 2, near: set, using: &generator)
      var settings = settings(4)
      settings.effort = .best
      settings.runCount = 4
      let inertia = try cluster(set, settings, fixed).inertia
      let best = bestInertia(set, fixed)
      #expect(inertia >= best)
      #expect(Double(inertia) <= 1.5 * Double(best))
      hits += inertia == best ? 1 : 0
    }
    #expect(hits >= 24)
  }

  /// The lowest inertia with two free positions: every pair of disjoint sets of points has its rounded means.
  private func bestInertia(_ set: PointSet, _ fixed: [[Int]]) -> Int128 {
    var means = [[Int]]()
    for subset in 1..<1 << set.count {
      let chosen = (0..<set.count).filter { subset >> $0 & 1 == 1 }
      let weight = chosen.reduce(0) { $0 + set.weights[$1] }
      means.append(
        (0..<set.dimension).map { plane in
          let sum = chosen.reduce(0) { $0 + set.weights[$1] * set.coordinates[$1][plane] }
          return (2 * sum + weight) / (2 * weight)
        })
    }
    let costs = Set(means).map { mean in
      (0..<set.count).map { set.weights[$0] * squaredDistance(set.coordinates[$0], mean) }
    }
    let base = (0..<set.count).map { point in
      (fixed.map { squaredDistance(set.coordinates[point], $0) }.min() ?? 0) * set.weights[point]
    }
    var lowest = Int.max
    for (index, first) in costs.enumerated() {
      let one = (0..<set.count).map { min(base[$0], first[$0]) }
      for second in costs[..<index] {
        var sum = 0
        for point in 0..<set.count {
          sum += min(one[point], second[point])
        }
        lowest = min(lowest, sum)
      }
    }
    return Int128(lowest)
  }

  /// Against the best of many plain runs from random points.
  @Test func theSearchIsAsGoodAsManyPlainRuns() throws {
    var generator = SplitMix64(seed: 8)
    for dimension in [1, 3] {
      let set = PointSet(random: 150, dimension: dimension, upperBound: 255, using: &generator)
      let fixed = positions(4, onPoints: 1, near: set, using: &generator)
      var plain = settings(12, .pixels)
      plain.runCount = 300
      let inertia = try cluster(set, settings(12), fixed).inertia
      #expect(try Double(inertia) <= 1.01 * Double(cluster(set, plain, fixed).inertia))
    }
  }

  /// Pinning what a search found anyway changes little.
  @Test func pinningWhatWasFoundCostsNothing() throws {
    var generator = SplitMix64(seed: 9)
    let set = PointSet(random: 3000, dimension: 3, upperBound: 255, using: &generator)
    let free = try KMeans(settings(20)).cluster(set.points())
    let found = free.plainPositions
    let fixed = [2, 7, 11, 16].map { found[$0] }
    let inertia = try cluster(set, settings(20), fixed).inertia
    #expect(Double(inertia) <= 1.01 * Double(free.inertia))
  }
}
