import Clustering
import Quantization
import Testing

struct KMeansTests {
  private func settings(
    _ count: Int, _ start: StartMethod? = nil, seed: UInt64 = 1
  ) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = start
    settings.seed = seed
    return settings
  }

  @Test(arguments: StartMethod.allCases)
  func lawsHoldForEveryStart(start: StartMethod) throws {
    var generator = SplitMix64(seed: 1)
    // Six planes are the most for a Float; two bytes need a Double.
    let grids = [(1, 255), (3, 255), (4, 65535), (6, 255), (6, 65535), (7, 255), (9, 1000)]
    for (dimension, upperBound) in grids {
      let set = PointSet(random: 100, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [1, 13, 40, set.count - 1] {
        let clustering = try KMeans(settings(count, start)).cluster(set.points())
        expectLaws(clustering, of: set, count: count, isSettled: clustering.course?.isConverged == true)
        #expect(clustering.course?.isConverged == true)
      }
    }
  }

  @Test func lawsHoldOnATreeOfManyNodes() throws {
    var generator = SplitMix64(seed: 2)
    for (dimension, upperBound) in [(3, 255), (4, 65535), (6, 255)] {
      let set = PointSet(random: 2000, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [3, 40] {
        expectLaws(try KMeans(settings(count, .random)).cluster(set.points()), of: set, count: count)
      }
    }
  }

  @Test(arguments: [StartMethod.random, .pixels, .kMeansPlusPlus])
  func keepsTheBestRun(start: StartMethod) throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 120, dimension: 3, upperBound: 255, using: &generator)
    var winners = Set<Int>()
    for seed in UInt64(1)...6 {
      var several = settings(6, start, seed: seed)
      several.runCount = 5
      let best = try KMeans(several).cluster(set.points())
      let runs = (0..<5).map { PlainKMeans(set: set, settings: several).run($0) }
      let lowest = runs.indices.reduce(0) { runs[$1].inertia < runs[$0].inertia ? $1 : $0 }
      #expect(runs.allSatisfy { best.inertia <= $0.inertia })
      #expect(best.course?.run == lowest + 1)
      #expect(best.plainPositions == runs[lowest].positions)
      #expect(best.course?.history == runs[lowest].history.map { Double($0) / 4096 })
      winners.insert(lowest)
    }
    #expect(winners.count > 1)
  }

  @Test(arguments: [StartMethod.wu, .maximin])
  func startsWithoutChanceRunOnce(start: StartMethod) throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(random: 100, dimension: 2, upperBound: 255, using: &generator)
    var several = settings(5, start)
    several.runCount = 10
    var runs = Set<Int>()
    let clustering = try KMeans(several).cluster(set.points()) { run, _ in runs.insert(run) }
    #expect(runs == [1])
    #expect(clustering.course?.run == 1)
  }

  @Test(arguments: [255, 65535])
  func threadsChangeNothing(upperBound: Int) throws {
    var generator = SplitMix64(seed: 6)
    let set = PointSet(random: 8500, dimension: 3, upperBound: upperBound, using: &generator)
    let points = try set.points()
    var limited = settings(10, .random)
    limited.iterationLimit = 8
    let single = try KMeans(limited).cluster(points)
    for threadCount in [2, 3, 5, 8] {
      limited.threadCount = threadCount
      let threaded = try KMeans(limited).cluster(points)
      #expect(threaded.plainPositions == single.plainPositions)
      #expect(firstDifference(threaded.plainLabels, single.plainLabels) == nil)
      #expect(threaded.inertia == single.inertia)
      #expect(threaded.course?.history == single.course?.history)
    }
  }

  @Test(arguments: [1, 3, 4, 6], [255, 65535])
  func orderOfPixelsDoesNotMatter(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: 7)
    var image = RawImage(random: 400, layout: TupleLayout(depth: depth, maxval: maxval), using: &generator)
    let first = try palette(image, settings(5))
    for start in StartMethod.allCases {
      let sorted = try palette(image, settings(5, start))
      image.pixels.shuffle(using: &generator)
      #expect(try palette(image, settings(5, start)) == sorted)
    }
    #expect(try palette(image, settings(5)) == first)
  }

  private func palette(_ image: RawImage, _ settings: KMeansSettings) throws -> [UInt8] {
    let space = try EmbeddedSamples(image.tally().histogram())
    return try space.palette(KMeans(settings).cluster(space.points)).bytes
  }

  @Test func doubledPixelIsADoubledWeight() throws {
    var generator = SplitMix64(seed: 8)
    var image = RawImage(random: 300, layout: TupleLayout(depth: 3, maxval: 255), using: &generator)
    let single = try palette(image, settings(7))
    image.pixels += image.pixels
    #expect(try palette(image, settings(7)) == single)
  }

  @Test(arguments: [255, 65535])
  func heavyWeightsAreOnlyAScale(upperBound: Int) throws {
    var generator = SplitMix64(seed: 9)
    let set = PointSet(random: 100, dimension: 3, upperBound: upperBound, weights: 1...1, using: &generator)
    var heavy = set
    heavy.weights = set.weights.map { _ in 1_000_000_000_000 }
    for count in [1, 5, 99] {
      for start in [StartMethod.wu, .maximin, .random] {
        let light = try KMeans(settings(count, start)).cluster(set.points())
        let clustering = try KMeans(settings(count, start)).cluster(heavy.points())
        #expect(clustering.plainPositions == light.plainPositions)
        #expect(clustering.inertia == 1_000_000_000_000 * light.inertia)
      }
    }
  }

  @Test func unequalWeightsObeyTheLaws() throws {
    var generator = SplitMix64(seed: 10)
    var set = PointSet(random: 60, dimension: 4, upperBound: 65535, using: &generator)
    // From 1 pixel to 2^40.
    set.weights = set.weights.indices.map { 1 << ($0 % 41) }
    for start in StartMethod.allCases {
      for count in [2, 20, 59] {
        let clustering = try KMeans(settings(count, start)).cluster(set.points())
        expectLaws(clustering, of: set, count: count, isSettled: clustering.course?.isConverged == true)
      }
    }
  }

  @Test func separateGroupsAreFound() throws {
    var set = PointSet(
      [[0, 0, 0], [2, 0, 0], [0, 2, 0], [200, 200, 200], [202, 200, 200], [100, 0, 250]], upperBound: 255)
    set.weights = [Int](repeating: 5, count: 6)
    for start in [StartMethod.wu, .kMeansPlusPlus, .maximin] {
      let clustering = try KMeans(settings(3, start)).cluster(set.points())
      #expect(clustering.plainPositions == [[1, 1, 0], [100, 0, 250], [201, 200, 200]])
      // 5 x (2 + 2 + 2) and 5 x (1 + 1).
      #expect(clustering.inertia == 40)
    }
  }
}
