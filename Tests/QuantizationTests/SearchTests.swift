import Clustering
import Quantization
import Testing

struct SearchTests {
  private func settings(_ count: Int, _ effort: Effort) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.effort = effort
    return settings
  }

  @Test(arguments: Effort.allCases, [1, 3, 4, 6])
  func lawsHold(effort: Effort, dimension: Int) throws {
    var generator = SplitMix64(seed: 1)
    for upperBound in [1, 255, 65535] {
      let set = PointSet(random: 60, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [1, 2, 9, 40, set.count - 1] where (1..<set.count).contains(count) {
        let clustering = try KMeans(settings(count, effort)).cluster(set.points())
        expectLaws(clustering, of: set, count: count)
        #expect(clustering.course?.isConverged == true)
        let values = clustering.positions.coordinates.values
        #expect(values.allSatisfy { (0...Int32(upperBound)).contains($0) })
      }
    }
  }

  @Test(arguments: [(3, 255), (4, 65535)])
  func lawsHoldForManyPoints(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 3000, dimension: dimension, upperBound: upperBound, using: &generator)
    for effort in [Effort.fast, .normal] {
      let first = try KMeans(settings(40, effort)).cluster(set.points())
      expectLaws(first, of: set, count: 40)
      let again = try KMeans(settings(40, effort)).cluster(set.points())
      #expect(again.plainPositions == first.plainPositions)
    }
  }

  /// There is no number of clusters from which on the search is no more than its start.
  @Test func thousandsOfClustersAreSearchedFor() throws {
    var generator = SplitMix64(seed: 8)
    let set = PointSet(random: 25000, dimension: 3, upperBound: 255, using: &generator)
    var settings = settings(8200, .fast)
    let searched = try KMeans(settings).cluster(set.points())
    settings.start = .wu
    settings.iterationLimit = 4
    let plain = try KMeans(settings).cluster(set.points())
    #expect(Double(searched.inertia) < 0.99 * Double(plain.inertia))
  }

  /// Points within 2 of middles on a coarse grid, each middle the mean of its points.
  private func planted(_ middles: [[Int]]) -> PointSet {
    var set = PointSet([[0]], upperBound: 255)
    let dimension = middles[0].count
    set.coordinates = middles.flatMap { middle in
      [middle]
        + (0..<dimension).flatMap { plane in
          [-2, -1, 1, 2].map { step in middle.indices.map { middle[$0] + ($0 == plane ? step : 0) } }
        }
    }
    return PointSet(set.coordinates, upperBound: 255)
  }

  @Test(arguments: [1, 2, 3, 4, 6])
  func plantedClustersAreFound(dimension: Int) throws {
    var generator = SplitMix64(seed: 3)
    for count in [2, 5, 9, 12] {
      var middles = Set<[Int]>()
      while middles.count < count {
        middles.insert((0..<dimension).map { _ in 12 + 18 * Int(generator.draw(below: 13)) })
      }
      let sorted = middles.sorted { $0.lexicographicallyPrecedes($1) }
      let set = planted(sorted)
      var plain = KMeansSettings(clusterCount: count)
      plain.start = .wu
      let wu = try KMeans(plain).cluster(set.points())
      for effort in Effort.allCases {
        let clustering = try KMeans(settings(count, effort)).cluster(set.points())
        #expect(clustering.plainPositions == sorted)
        #expect(clustering.inertia <= wu.inertia)
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SplitMix64(seed: 4)
    // As many cells as make several threads worth while, and as many points.
    let lattice = (0..<9000).map { [$0 % 150, $0 / 150, Int(generator.draw(below: 256))] }
    let points = try PointSet(lattice, upperBound: 255).points()
    var settings = settings(150, .normal)
    let single = try KMeans(settings).cluster(points)
    for threadCount in [2, 7] {
      settings.threadCount = threadCount
      let threaded = try KMeans(settings).cluster(points)
      #expect(threaded.plainPositions == single.plainPositions)
      #expect(threaded.course?.history == single.course?.history)
    }
  }

  @Test(arguments: Effort.allCases)
  func orderOfPixelsDoesNotMatter(effort: Effort) throws {
    var generator = SplitMix64(seed: 5)
    for (depth, maxval) in [(1, 255), (3, 255), (3, 1000), (6, 255)] {
      var image = RawImage(random: 300, layout: TupleLayout(depth: depth, maxval: maxval), using: &generator)
      let first = try palette(image, settings(7, effort))
      image.pixels.shuffle(using: &generator)
      #expect(try palette(image, settings(7, effort)) == first)
    }
  }

  private func palette(_ image: RawImage, _ settings: KMeansSettings) throws -> [UInt8] {
    let space = try EmbeddedSamples(image.tally().histogram())
    return try space.palette(KMeans(settings).cluster(space.points)).bytes
  }

  @Test(arguments: Effort.allCases)
  func unequalWeightsObeyTheLaws(effort: Effort) throws {
    var generator = SplitMix64(seed: 6)
    for (dimension, upperBound) in [(1, 255), (3, 255), (4, 65535)] {
      var set = PointSet(random: 80, dimension: dimension, upperBound: upperBound, using: &generator)
      // From 1 pixel to 2^40.
      set.weights = set.weights.indices.map { 1 << ($0 * 17 % 41) }
      for count in [2, 7, 30, 79] where count < set.count {
        expectLaws(try KMeans(settings(count, effort)).cluster(set.points()), of: set, count: count)
      }
    }
  }

  @Test func deepPointsObeyTheLaws() throws {
    var generator = SplitMix64(seed: 7)
    for (dimension, upperBound) in [(17, 1), (40, 255), (20, 65535)] {
      let set = PointSet(random: 60, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [2, 9, 59] {
        expectLaws(try KMeans(settings(count, .normal)).cluster(set.points()), of: set, count: count)
      }
    }
  }
}
