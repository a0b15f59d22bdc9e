import Clustering
import Testing

struct RoundingTests {
  private func cluster(
    _ set: PointSet, _ count: Int, _ start: StartMethod = .wu, seed: UInt64 = 1
  ) throws -> Clustering {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = start
    settings.seed = seed
    return try KMeans(settings).cluster(set.points())
  }

  @Test(arguments: [1, 3, 4], [3, 15, 255, 65535])
  func lawsHoldForEveryCount(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension * upperBound))
    let set = PointSet(random: 24, dimension: dimension, upperBound: upperBound, using: &generator)
    for count in 1..<set.count {
      for start in [StartMethod.random, .wu] {
        expectLaws(try cluster(set, count, start, seed: UInt64(count)), of: set, count: count)
      }
    }
  }

  /// Neighbors on the grid, of weights so unequal that means round to the same position.
  @Test(arguments: [1, 3, 4])
  func centroidsThatRoundAlikeAreToldApart(dimension: Int) throws {
    var generator = SplitMix64(seed: UInt64(dimension))
    let side = [0, 24, 0, 3, 2][dimension]
    var set = PointSet(
      random: 24, dimension: dimension, upperBound: side - 1, weights: 1...1, using: &generator)
    for power in [0, 1, 3] {
      set.weights = set.weights.map { _ in 1 + Int(generator.draw(below: [1, 10, 100, 10000][power])) }
      for count in 1..<set.count {
        expectLaws(try cluster(set, count, .pixels, seed: UInt64(count)), of: set, count: count)
      }
    }
  }

  @Test func meanOfHalfStaysWhereItIs() throws {
    // The mean is 0.5: both 0 and 1 are rounded means.
    let pair = PointSet([[0], [1]], upperBound: 1)
    let positions = try cluster(pair, 1).plainPositions
    #expect(positions == [[1]])
    let uneven = PointSet([[0], [1], [2], [3]], upperBound: 3)
    expectLaws(try cluster(uneven, 2), of: uneven, count: 2)
  }

  @Test func tiesGoToTheSmallestPosition() throws {
    // 5 is as far from 0 as from 10; the weights hold the positions in place.
    var set = PointSet([[0], [5], [10]], upperBound: 10)
    set.weights = [1000, 1, 1000]
    let clustering = try cluster(set, 2)
    #expect(clustering.plainPositions == [[0], [10]])
    #expect(clustering.plainLabels == [0, 0, 1])
    // The same across planes: (0, 9) comes before (9, 0).
    var plane = PointSet([[0, 9], [9, 0], [4, 4]], upperBound: 9)
    plane.weights = plane.coordinates.map { $0 == [4, 4] ? 1 : 1000 }
    let flat = try cluster(plane, 2)
    #expect(flat.plainPositions == [[0, 9], [9, 0]])
    let middle = try #require(plane.coordinates.firstIndex(of: [4, 4]))
    #expect(flat.plainLabels[middle] == 0)
  }

  /// A stopped run is rounded and filled up, but not settled.
  @Test func stoppedRunsHaveAllPositionsInUse() throws {
    var generator = SplitMix64(seed: 8)
    for upperBound in [15, 65535] {
      let set = PointSet(random: 60, dimension: 2, upperBound: upperBound, using: &generator)
      for count in [1, 2, 17, 40, 59] {
        for limit in 0...2 {
          var settings = KMeansSettings(clusterCount: count)
          settings.start = .random
          settings.iterationLimit = limit
          let clustering = try KMeans(settings).cluster(set.points())
          expectLaws(clustering, of: set, count: count, isSettled: clustering.course?.isConverged == true)
        }
      }
    }
  }
}
