import Clustering
import Testing

/// Lloyd's iteration, seen through the history of inertia and the rounded palette it leads to.
struct LloydTests {
  private func settings(_ count: Int, _ start: StartMethod, seed: UInt64 = 1) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = start
    settings.seed = seed
    return settings
  }

  private func cluster(_ set: PointSet, _ settings: KMeansSettings) throws -> Clustering {
    try KMeans(settings).cluster(set.points())
  }

  /// Checks a clustering against plain k-means, iterate by iterate.
  private func expectPlain(
    _ set: PointSet, _ settings: KMeansSettings, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let clustering = try cluster(set, settings)
    let expected = PlainKMeans(set: set, settings: settings).run()
    let course = try #require(clustering.course)
    #expect(course.history == expected.history.map { Double($0) / 4096 }, sourceLocation: sourceLocation)
    #expect(course.isConverged == expected.isConverged, sourceLocation: sourceLocation)
    #expect(clustering.plainPositions == expected.positions, sourceLocation: sourceLocation)
    #expect(firstDifference(clustering.plainLabels, expected.labels) == nil, sourceLocation: sourceLocation)
    #expect(clustering.inertia == expected.inertia, sourceLocation: sourceLocation)
    // Scores are rounded, so a point within that of two centroids may raise inertia: the iteration then ends.
    #expect(
      zip(course.history, course.history.dropFirst()).allSatisfy { $0 > $1 }, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7], [1, 15, 255, 1000, 65535])
  func equalsPlainLloyd(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension + upperBound))
    for start in [StartMethod.random, .pixels] {
      let set = PointSet(random: 140, dimension: dimension, upperBound: upperBound, using: &generator)
      let count = 1 + Int(generator.draw(below: UInt64(min(set.count - 1, 12))))
      try expectPlain(set, settings(count, start, seed: generator.next()))
    }
  }

  /// Means of many points lie near each other, where the rounding of scores and means shows.
  @Test(arguments: 1...3)
  func equalsPlainLloydWhereCentroidsCrowd(dimension: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension))
    let set = PointSet(random: 60, dimension: dimension, upperBound: 63, weights: 1...1000, using: &generator)
    for count in [2, 20, 45, set.count - 1] {
      try expectPlain(set, settings(count, .random, seed: UInt64(count)))
    }
  }

  /// In a corner, where scores are large and centroids near each other, a Float would not do above 8 bits.
  @Test(arguments: [3, 6], [255, 1000, 65535])
  func equalsPlainLloydFarFromTheMiddle(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(upperBound))
    for edge in [0, upperBound - 7] {
      var set = PointSet(random: 150, dimension: dimension, upperBound: 7, using: &generator)
      set.coordinates = set.coordinates.map { $0.map { $0 + edge } }.sorted(by: precedesInMortonOrder)
      set.upperBound = upperBound
      try expectPlain(set, settings(25, .pixels, seed: UInt64(dimension)))
    }
  }

  @Test func limitCutsTheHistoryShort() throws {
    var generator = SplitMix64(seed: 1)
    let set = PointSet(random: 200, dimension: 3, upperBound: 255, using: &generator)
    let whole = try #require(try cluster(set, settings(8, .random)).course)
    #expect(whole.isConverged)
    try #require(whole.history.count > 4)
    for limit in 0...whole.history.count + 2 {
      var limited = settings(8, .random)
      limited.iterationLimit = limit
      let course = try #require(try cluster(set, limited).course)
      #expect(course.history == Array(whole.history.prefix(limit)))
      #expect(course.isConverged || limit <= whole.history.count)
      try expectPlain(set, limited)
    }
  }

  @Test func toleranceEndsTheIteration() throws {
    var generator = SplitMix64(seed: 2)
    for upperBound in [255, 65535] {
      let set = PointSet(random: 200, dimension: 3, upperBound: upperBound, using: &generator)
      var lengths = [Int]()
      for tolerance in [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 1] {
        var tolerant = settings(8, .random)
        tolerant.tolerance = tolerance
        try expectPlain(set, tolerant)
        lengths.append(try cluster(set, tolerant).course?.history.count ?? 0)
      }
      #expect(lengths == lengths.sorted(by: >))
      #expect(lengths.last == 1)
      #expect(lengths[0] > 5)
    }
  }

  /// The first step moves the one centroid by 32, which is half of the scale.
  @Test func toleranceIsMetByAMoveOfJustThat() throws {
    let set = PointSet([[0], [64]], upperBound: 64)
    var tolerant = settings(1, .maximin)
    tolerant.tolerance = 0.5
    #expect(try cluster(set, tolerant).course?.history.count == 1)
    tolerant.iterationLimit = 1
    tolerant.tolerance = 0.4999
    #expect(try cluster(set, tolerant).course?.isConverged == false)
    tolerant.tolerance = 0.5
    #expect(try cluster(set, tolerant).course?.isConverged == true)
  }

  @Test(arguments: StartMethod.allCases)
  func doubledWeightsGiveTheSameCentroids(start: StartMethod) throws {
    var generator = SplitMix64(seed: 3)
    for upperBound in [15, 255, 65535] {
      let set = PointSet(random: 150, dimension: 3, upperBound: upperBound, using: &generator)
      var doubled = set
      doubled.weights = set.weights.map { 2 * $0 }
      let first = try cluster(set, settings(9, start))
      let second = try cluster(doubled, settings(9, start))
      #expect(first.plainPositions == second.plainPositions)
      #expect(firstDifference(first.plainLabels, second.plainLabels) == nil)
      #expect(2 * first.inertia == second.inertia)
      #expect(first.course?.history.map { 2 * $0 } == second.course?.history)
    }
  }

  @Test func vacantCentroidsGoWhereItCostsMost() throws {
    // A random start in a large square leaves most centroids without points where these fill two corners.
    var generator = SplitMix64(seed: 4)
    var corners = (0..<40).map { [$0 % 8, $0 / 8] }
    corners += corners.map { [65535 - $0[0], 65535 - $0[1]] }
    var set = PointSet(corners, upperBound: 65535)
    set.weights = set.weights.map { _ in 1 + Int(generator.draw(below: 100)) }
    for count in [3, 10, 30, 79] {
      for seed in UInt64(0)..<3 {
        try expectPlain(set, settings(count, .random, seed: seed))
      }
    }
  }

  @Test func progressCountsIterations() throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(random: 200, dimension: 2, upperBound: 255, using: &generator)
    var several = settings(7, .pixels)
    several.runCount = 3
    var seen = [[Int]]()
    _ = try KMeans(several).cluster(set.points()) { seen.append([$0, $1]) }
    #expect(Set(seen.map { $0[0] }) == [1, 2, 3])
    for run in 1...3 {
      let counts = seen.filter { $0[0] == run }.map { $0[1] }
      let expected = PlainKMeans(set: set, settings: several).run(run - 1).history.count
      #expect(counts.last == expected)
      #expect(Array(counts.prefix(expected)) == Array(1...expected))
    }
  }
}
