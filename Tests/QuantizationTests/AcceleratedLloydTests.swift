import Clustering
import Memory
import Testing

/// The descent with momentum, compared with plain steps to the means.
struct AcceleratedLloydTests {
  /// Points at random, and positions among them.
  private struct Task {
    let assigner: Assigner<Double>
    let start: Centroids

    init(_ pointCount: Int, _ count: Int, dimension: Int, upperBound: Int = 65535, seed: UInt64 = 1) throws {
      var generator = SplitMix64(seed: seed)
      let set = PointSet(random: pointCount, dimension: dimension, upperBound: upperBound, using: &generator)
      assigner = try Assigner(PointTree<Double>(set.points()), threadCount: 1)
      start = try Centroids(count: count, dimension: dimension, fractionBits: 0)
      for centroid in 0..<count {
        for plane in 0..<dimension {
          start.position(centroid)[plane] = Int32(set.coordinates[centroid * 7][plane])
        }
      }
    }

    /// The end of the descent.
    func means(_ isFixed: @escaping (Int) -> Bool) throws -> Centroids {
      try descend(isFixed).centroids
    }

    /// Descends until the means are within half a unit of the points' grid.
    func descend(
      limit: Int? = nil, leastGain: Double = 0, tolerance: Double = 0.5,
      _ isFixed: @escaping (Int) -> Bool = { _ in false }
    ) throws -> LloydOutcome {
      let refined = try Centroids(count: start.count, dimension: start.dimension)
      for place in 0..<start.coordinates.elements.count {
        refined.coordinates.base[place] = start.coordinates.base[place] << Int32(refined.fractionBits)
      }
      return try AcceleratedLloyd(
        assigner, iterationLimit: limit, leastGain: leastGain, tolerance: tolerance, isFixed: isFixed
      ).run(from: refined)
    }

    /// Inertia at positions, in units of the points' grid squared.
    func inertia(_ centroids: Centroids) throws -> Double {
      let inertia = assigner.inertia(try assigner.assign(to: centroids), centroids)
      return Double(inertia) / Double(1 << (2 * centroids.fractionBits))
    }
  }

  /// Moves positions to the rounded means until they stay, and returns the number of steps.
  private func descendPlainly(_ task: Task) throws -> Int {
    let positions = task.start
    var steps = 0
    var isMoved = true
    while isMoved {
      isMoved = false
      steps += 1
      let clusters = try task.assigner.assign(to: positions)
      for centroid in 0..<positions.count {
        let cluster = clusters.base + centroid * (positions.dimension + 1)
        for plane in 0..<positions.dimension where cluster[0] > 0 {
          let current = Int(positions.position(centroid)[plane])
          guard 2 * abs(cluster[plane + 1] - cluster[0] * current) > cluster[0] else { continue }
          positions.position(centroid)[plane] = Int32((cluster[plane + 1] + cluster[0] / 2) / cluster[0])
          isMoved = true
        }
      }
    }
    return steps
  }

  @Test(arguments: [1, 2, 3])
  func endsSoonerThanPlainSteps(dimension: Int) throws {
    let task = try Task(20_000, 12, dimension: dimension)
    var askedCount = 0
    let means = try task.means { _ in
      askedCount += 1
      return false
    }
    let before = try task.inertia(task.start)
    let inertia = try task.inertia(means)
    #expect(inertia < before)
    let steps = try descendPlainly(task)
    #expect(steps > 30)
    #expect(3 * askedCount / task.start.count < 2 * steps)
    // Both end in a minimum, not always in the same one.
    let plain = try task.inertia(task.start)
    #expect(inertia < 1.05 * plain)
  }

  @Test(arguments: [1, 255, 65535])
  func meansStay(upperBound: Int) throws {
    let task = try Task(
      upperBound == 1 ? 4 : 5000, upperBound == 1 ? 1 : 9, dimension: 2, upperBound: upperBound)
    let means = try task.means { _ in false }
    let clusters = try task.assigner.assign(to: means)
    for centroid in 0..<means.count {
      let cluster = clusters.base + centroid * 3
      for plane in 0..<2 where cluster[0] > 0 {
        let mean = Double(cluster[plane + 1]) / Double(cluster[0])
        let position = Double(means.position(centroid)[plane]) / Double(1 << means.fractionBits)
        #expect(abs(mean - position) <= 1)
      }
    }
  }

  @Test func fixedCentroidsStay() throws {
    let task = try Task(5000, 10, dimension: 3)
    let means = try task.means { $0 == 2 || $0 == 7 }
    for centroid in 0..<10 {
      let isUnmoved = (0..<3).allSatisfy { plane in
        means.position(centroid)[plane] == task.start.position(centroid)[plane] << Int32(means.fractionBits)
      }
      #expect(isUnmoved == (centroid == 2 || centroid == 7))
    }
  }

  @Test func centroidsWithoutPointsStay() throws {
    let task = try Task(3000, 6, dimension: 2)
    // The second of two equal positions gets no points.
    task.start.position(5).update(from: task.start.position(4), count: 2)
    let means = try task.means { _ in false }
    let clusters = try task.assigner.assign(to: means)
    #expect((0..<5).allSatisfy { clusters.base[3 * $0] > 0 })
  }

  @Test func inertiaFalls() throws {
    let task = try Task(10_000, 15, dimension: 3)
    let outcome = try task.descend()
    #expect(outcome.history.count > 10)
    #expect(zip(outcome.history, outcome.history.dropFirst()).allSatisfy { $0 > $1 })
    let inertia = try task.inertia(outcome.centroids)
    let last = try #require(outcome.history.last)
    #expect(inertia <= Double(last) / 4096)
  }

  @Test func reasonsForTheEnd() throws {
    let task = try Task(10_000, 15, dimension: 3)
    #expect(try task.descend(limit: 0).history.isEmpty)
    let outcome = try task.descend()
    let short = try task.descend(limit: 5)
    #expect(short.history.count == 5)
    #expect(short.ending == .iterationLimit)
    #expect(try task.descend(tolerance: 50).ending == .withinTolerance)
    #expect(try task.descend(tolerance: 0).ending == .settled)
    let coarse = try task.descend(leastGain: 0.001)
    #expect(coarse.ending == .iterationLimit)
    #expect(coarse.history.count < outcome.history.count)
    let gains = zip(coarse.history, coarse.history.dropFirst()).map { Double($0 - $1) / Double($0) }
    let last = try #require(gains.last)
    #expect(last < 0.001)
    #expect(gains.dropLast().allSatisfy { $0 >= 0.001 })
  }

  /// A centroid that loses its points must not go on moving with the momentum that it had.
  @Test func momentumEndsWithoutPoints() throws {
    var emptyCount = 0
    var movedCount = 0
    for seed in 1...40 {
      let task = try Task(400, 50, dimension: 3, upperBound: 255, seed: UInt64(seed))
      var generator = SplitMix64(seed: UInt64(seed))
      let start = try Centroids(count: 150, dimension: 3)
      for place in 0..<450 {
        start.coordinates.base[place] = Int32(generator.draw(below: 255 * 64))
      }
      func means(_ limit: Int) throws -> Centroids {
        try AcceleratedLloyd(task.assigner, iterationLimit: limit, tolerance: 0) { _ in false }
          .run(from: start).centroids
      }
      for limit in 2...12 {
        let first = try means(limit)
        let second = try means(limit + 1)
        let firstClusters = try task.assigner.assign(to: first)
        let secondClusters = try task.assigner.assign(to: second)
        for centroid in 0..<150 where firstClusters.base[4 * centroid] == 0 {
          // It must have had points once.
          let isOld = (0..<3).contains { first.position(centroid)[$0] != start.position(centroid)[$0] }
          guard isOld && secondClusters.base[4 * centroid] == 0 else { continue }
          emptyCount += 1
          let isMoved = (0..<3).contains { first.position(centroid)[$0] != second.position(centroid)[$0] }
          movedCount += isMoved ? 1 : 0
        }
      }
    }
    // Where a centroid has no points at the means, it may still have some beyond them.
    #expect(emptyCount > 20)
    #expect(10 * movedCount < emptyCount)
  }
}
