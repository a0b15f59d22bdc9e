import Clustering
import Testing

/// The start methods, seen through a palette after no iteration: where every position is in use, it is the start
/// itself, rounded and sorted.
struct StartTests {
  private func start(
    _ set: PointSet, _ count: Int, _ method: StartMethod, seed: UInt64 = 1
  ) throws -> [[Int]] {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = method
    settings.seed = seed
    settings.iterationLimit = 0
    let clustering = try KMeans(settings).cluster(set.points())
    #expect(clustering.course?.history == [])
    #expect(clustering.course?.isConverged == false)
    return clustering.plainPositions
  }

  /// The start in the order of choice: positions of smaller counts come first, since choices do not depend on how
  /// many are to follow.
  private func sequence(
    _ set: PointSet, _ count: Int, _ method: StartMethod, seed: UInt64 = 1
  ) throws -> [[Int]] {
    var chosen = [[Int]]()
    for smaller in 1...count {
      let positions = try start(set, smaller, method, seed: seed)
      let new = positions.filter { !chosen.contains($0) }
      #expect(new.count == 1 && Set(positions).isSuperset(of: chosen))
      chosen += new
    }
    return chosen
  }

  @Test(arguments: StartMethod.allCases, [1, 3, 7])
  func agreesWithTheDescription(method: StartMethod, dimension: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension))
    for upperBound in [31, 255, 65535] {
      let set = PointSet(random: 25, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [1, 2, 5, 16, 24] {
        var settings = KMeansSettings(clusterCount: count)
        settings.start = method
        settings.seed = generator.next()
        settings.iterationLimit = 0
        let clustering = try KMeans(settings).cluster(set.points())
        let expected = PlainKMeans(set: set, settings: settings).run()
        #expect(clustering.plainPositions == expected.positions)
        #expect(clustering.inertia == expected.inertia)
      }
    }
  }

  @Test(arguments: [StartMethod.pixels, .kMeansPlusPlus, .maximin])
  func choosesDistinctPoints(method: StartMethod) throws {
    var generator = SplitMix64(seed: 1)
    // More points than a block of the running sums has, and nearly all of fewer.
    for (pointCount, counts) in [(1100, [1, 100]), (200, [2, 199])] {
      let set = PointSet(
        random: pointCount, dimension: 2, upperBound: 63, weights: 1...100_000, using: &generator)
      let points = Set(set.coordinates)
      for count in counts {
        let positions = try start(set, count, method, seed: UInt64(count))
        #expect(positions.count == count)
        #expect(Set(positions).count == count)
        #expect(points.isSuperset(of: positions))
      }
    }
  }

  @Test(arguments: StartMethod.allCases)
  func dependsOnTheSeedAlone(method: StartMethod) throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    let first = try start(set, 6, method, seed: 1)
    #expect(try start(set, 6, method, seed: 1) == first)
    let others = try (2...6).map { try start(set, 6, method, seed: $0) }
    let isRandom = method != .wu && method != .maximin
    #expect(others.allSatisfy { ($0 != first) == isRandom })
  }

  @Test(arguments: [1, 3, 4])
  func maximinTakesTheFarthest(dimension: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension))
    let set = PointSet(random: 60, dimension: dimension, upperBound: 255, using: &generator)
    let chosen = try sequence(set, 12, .maximin)
    let weight = set.weights.reduce(0, +)
    let mean = (0..<dimension).map { plane in
      (0..<set.count).reduce(0.0) { $0 + Double(set.weights[$1] * set.coordinates[$1][plane]) }
        / Double(weight)
    }
    let distances = set.coordinates.map { point in
      zip(point, mean).map { Double($0) - $1 }.reduce(0) { $0 + $1 * $1 }
    }
    // The mean is rounded to 64ths, so the first is the farthest but for a little.
    let first = try #require(set.coordinates.firstIndex(of: chosen[0]))
    #expect(distances.allSatisfy { $0 <= distances[first] + 10 })
    for next in 1..<chosen.count {
      let squares = set.coordinates.map { point in
        chosen[..<next].map { squaredDistance(point, $0) }.min() ?? 0
      }
      let farthest = squares.firstIndex(of: squares.max() ?? 0)
      #expect(farthest.map { set.coordinates[$0] } == chosen[next])
    }
  }

  @Test func maximinTakesTheFirstOfEquals() throws {
    let line = PointSet([[0], [32], [64]], upperBound: 64)
    #expect(try start(line, 1, .maximin) == [[0]])
    let corners = PointSet([[0, 0], [0, 8], [8, 0], [8, 8]], upperBound: 15)
    #expect(try sequence(corners, 3, .maximin) == [[0, 0], [8, 8], [0, 8]])
  }

  /// Sums over more than one block of points.
  @Test func kMeansPlusPlusAgreesOnManyPoints() throws {
    var generator = SplitMix64(seed: 6)
    let set = PointSet(random: 1500, dimension: 2, upperBound: 255, using: &generator)
    for seed in UInt64(0)..<4 {
      var settings = KMeansSettings(clusterCount: 4)
      settings.start = .kMeansPlusPlus
      settings.seed = seed
      settings.iterationLimit = 0
      let expected = PlainKMeans(set: set, settings: settings).run().positions
      #expect(try start(set, 4, .kMeansPlusPlus, seed: seed) == expected)
    }
  }

  @Test func kMeansPlusPlusFollowsItsProbabilities() throws {
    var set = PointSet([[0], [1], [4], [10]], upperBound: 15)
    set.weights = [4, 1, 2, 1]
    var counts = [[[Int]]: Int]()
    let runCount = 4000
    for seed in UInt64(0)..<UInt64(runCount) {
      counts[try start(set, 2, .kMeansPlusPlus, seed: seed), default: 0] += 1
    }
    for first in 0..<4 {
      for second in 0..<first {
        let pair = [set.coordinates[second], set.coordinates[first]]
        let expected = Double(runCount) * (probability(first, second, set) + probability(second, first, set))
        #expect(abs(Double(counts[pair] ?? 0) - expected) <= 4.5 * expected.squareRoot())
      }
    }
  }

  /// The probability that k-means++ chooses one point and then another, of two drawn by their costs the one that
  /// leaves less.
  private func probability(_ first: Int, _ second: Int, _ set: PointSet) -> Double {
    let costs = costs(set, [first])
    let total = Double(costs.reduce(0, +))
    var chance = 0.0
    for (one, firstCost) in costs.enumerated() {
      for (other, secondCost) in costs.enumerated() {
        let isOther = rest(set, [first, other]) < rest(set, [first, one])
        if (isOther ? other : one) == second {
          chance += Double(firstCost) / total * Double(secondCost) / total
        }
      }
    }
    return Double(set.weights[first]) / Double(set.weights.reduce(0, +)) * chance
  }

  private func rest(_ set: PointSet, _ chosen: [Int]) -> Int {
    costs(set, chosen).reduce(0, +)
  }

  /// The weighted squared distance of each point from the nearest of some.
  private func costs(_ set: PointSet, _ chosen: [Int]) -> [Int] {
    set.coordinates.indices.map { point in
      let squares = chosen.map { squaredDistance(set.coordinates[point], set.coordinates[$0]) }
      return set.weights[point] * (squares.min() ?? 0)
    }
  }

  @Test func wuFindsTheBestCutOfALine() throws {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<20 {
      let set = PointSet(random: 30, dimension: 1, upperBound: 1000, weights: 1...50, using: &generator)
      let inertias = (1..<set.count).map { cut in inertia(set, 0..<cut) + inertia(set, cut..<set.count) }
      let best = 1 + inertias.indices.reduce(0) { inertias[$1] < inertias[$0] ? $1 : $0 }
      #expect(
        try start(set, 2, .wu) == [[roundedMean(set, 0..<best)], [roundedMean(set, best..<set.count)]])
    }
  }

  private func inertia(_ set: PointSet, _ range: Range<Int>) -> Double {
    let weight = Double(range.reduce(0) { $0 + set.weights[$1] })
    let mean = Double(range.reduce(0) { $0 + set.weights[$1] * set.coordinates[$1][0] }) / weight
    return range.reduce(0) {
      let difference = Double(set.coordinates[$1][0]) - mean
      return $0 + Double(set.weights[$1]) * difference * difference
    }
  }

  /// The mean rounded to 64ths, then to a whole number.
  private func roundedMean(_ set: PointSet, _ range: Range<Int>) -> Int {
    let weight = range.reduce(0) { $0 + set.weights[$1] }
    let sum = range.reduce(0) { $0 + set.weights[$1] * set.coordinates[$1][0] }
    return ((128 * sum + weight) / (2 * weight) + 32) / 64
  }

  @Test func randomIsUniformInTheCube() throws {
    // Positions of a start of 8 in a square that has a point at every place are all in use.
    let set = PointSet((0..<256).map { [$0 & 15, $0 >> 4] }, upperBound: 15)
    var counts = [Int](repeating: 0, count: 256)
    for seed in UInt64(0)..<640 {
      for position in try start(set, 8, .random, seed: seed) {
        counts[position[0] + 16 * position[1]] += 1
      }
    }
    #expect(counts.reduce(0, +) == 5120)
    // 20 are expected at each place.
    #expect(counts.allSatisfy { (2...45).contains($0) })
  }

  @Test(arguments: StartMethod.allCases, [255, 65535])
  func heavyWeightsAreNoTrouble(method: StartMethod, upperBound: Int) throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(
      random: 100, dimension: 3, upperBound: upperBound, weights: 1_000_000_000_000...1_000_000_000_000,
      using: &generator)
    for count in [1, 7, 99] {
      #expect(try start(set, count, method).count == count)
    }
  }
}
