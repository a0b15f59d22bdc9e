import Clustering
import Testing

struct RunTests {
  private func searching(_ count: Int, _ effort: Effort = .normal) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.effort = effort
    return settings
  }

  @Test(arguments: Effort.allCases)
  func moreRunsAreNoWorse(effort: Effort) throws {
    var generator = SplitMix64(seed: 1)
    var winners = Set<Int>()
    for _ in 0..<5 {
      let set = PointSet(random: 150, dimension: 3, upperBound: 255, using: &generator)
      var settings = searching(12, effort)
      let one = try KMeans(settings).cluster(set.points())
      settings.runCount = 3
      var runs = Set<Int>()
      let three = try KMeans(settings).cluster(set.points()) { run, _ in runs.insert(run) }
      #expect(three.inertia <= one.inertia)
      #expect(runs == [1, 2, 3])
      expectLaws(three, of: set, count: 12)
      winners.insert(try #require(three.course?.run))
    }
    #expect(winners.contains(1))
    #expect(winners.count > 1 || effort == .best)
  }

  @Test(arguments: Effort.allCases)
  func iterationLimitIsKept(effort: Effort) throws {
    var generator = SplitMix64(seed: 2)
    for (dimension, upperBound) in [(2, 255), (3, 255), (3, 65535)] {
      let set = PointSet(random: 200, dimension: dimension, upperBound: upperBound, using: &generator)
      for count in [1, 9, 100] where count < set.count {
        for limit in [0, 1, 2] {
          var settings = searching(count, effort)
          settings.iterationLimit = limit
          let clustering = try KMeans(settings).cluster(set.points())
          let course = try #require(clustering.course)
          #expect(course.history.count <= limit)
          #expect(limit > 0 || course.ending == .iterationLimit)
          expectLaws(clustering, of: set, count: count, isSettled: course.ending == .settled)
        }
      }
    }
  }

  @Test(arguments: Effort.allCases)
  func theSearchStopsByItself(effort: Effort) throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 1000, dimension: 3, upperBound: 65535, using: &generator)
    for limit in [nil, 1000] as [Int?] {
      var settings = searching(20, effort)
      settings.iterationLimit = limit
      let clustering = try KMeans(settings).cluster(set.points())
      #expect(clustering.course?.ending == .settled)
      expectLaws(clustering, of: set, count: 20)
    }
  }

  @Test func toleranceEndsTheIteration() throws {
    var generator = SplitMix64(seed: 4)
    let set = PointSet(random: 1000, dimension: 3, upperBound: 65535, using: &generator)
    var settings = searching(20, .best)
    settings.tolerance = 1
    let clustering = try KMeans(settings).cluster(set.points())
    #expect(clustering.course?.history.count == 1)
    #expect(clustering.course?.isConverged == true)
    expectLaws(clustering, of: set, count: 20, isSettled: clustering.course?.ending == .settled)
  }

  @Test(arguments: StartMethod.allCases)
  func effortDoesNotTouchPlainRuns(start: StartMethod) throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(random: 80, dimension: 3, upperBound: 255, using: &generator)
    for limit in [nil, 1] as [Int?] {
      var settings = searching(8)
      settings.start = start
      settings.iterationLimit = limit
      settings.runCount = 2
      let runs = (0..<2).map { PlainKMeans(set: set, settings: settings).run($0) }
      let lowest = runs.min { $0.inertia < $1.inertia }
      for effort in Effort.allCases {
        settings.effort = effort
        #expect(try KMeans(settings).cluster(set.points()).plainPositions == lowest?.positions)
      }
    }
  }
}
