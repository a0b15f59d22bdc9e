import Clustering
import Testing

struct GridDescentTests {
  /// A palette on the grid, settled and rounded; every point a cell.
  private func palette(
    _ set: PointSet, _ count: Int, _ generator: inout SplitMix64
  ) throws -> CoresetClusters {
    let clusters = try CoresetClusters(set.coreset(set.count), count: count, threadCount: 1)
    clusters.place(
      (0..<count).map { _ in
        set.coordinates[Int(generator.draw(below: UInt64(set.count)))].map { Float($0 - set.middle) }
      })
    clusters.settle(until: 1e-3)
    // Over-relaxed steps may leave a centroid without points outside.
    let (low, high) = (Float(-set.middle), Float(set.upperBound - set.middle))
    clusters.place(clusters.plainCentroids.map { $0.map { min(max($0.rounded(), low), high) } })
    return clusters
  }

  private func positions(_ clusters: CoresetClusters, _ set: PointSet) -> [[Int]] {
    clusters.plainCentroids.map { $0.map { Int($0) + set.middle } }
  }

  private func inertia(_ set: PointSet, _ positions: [[Int]]) -> Int {
    zip(set.coordinates, set.weights).reduce(0) { sum, point in
      sum + point.1 * (positions.map { squaredDistance(point.0, $0) }.min() ?? 0)
    }
  }

  @Test(arguments: [1, 3, 4], [15, 255])
  func inertiaNeverRises(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: 1)
    var lowered = 0
    for weights in [1...1, 1...9, 1...100_000] {
      let set = PointSet(
        random: 300, dimension: dimension, upperBound: upperBound, weights: weights, using: &generator)
      for count in [2, 3, 12, set.count - 1] {
        let clusters = try palette(set, count, &generator)
        var last = inertia(set, positions(clusters, set))
        for sweepLimit in [0, 1, 1, 100] {
          try GridDescent(clusters).run(sweepLimit: sweepLimit)
          let positions = positions(clusters, set)
          let reached = inertia(set, positions)
          #expect(reached <= last)
          #expect(positions.allSatisfy { $0.allSatisfy { (0...upperBound).contains($0) } })
          #expect(clusters.plainCentroids.allSatisfy { $0.allSatisfy { $0 == $0.rounded() } })
          lowered += reached < last ? 1 : 0
          last = reached
        }
      }
    }
    #expect(lowered > 0)
  }

  @Test(arguments: [1, 3, 4])
  func noSingleStepHelpsInTheEnd(dimension: Int) throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 250, dimension: dimension, upperBound: 63, using: &generator)
    for count in [2, 5, 20, 60] {
      let clusters = try palette(set, min(count, set.count - 1), &generator)
      // What a sweep no longer looks at may help again after others have moved; another run looks at all.
      for _ in 0..<20 {
        try GridDescent(clusters).run(sweepLimit: 1000)
      }
      clusters.assign()
      let positions = positions(clusters, set)
      let pairs = zip(clusters.nearest.values, clusters.second.values).map { [Int($0), Int($1)] }
      for (number, position) in positions.enumerated() {
        for plane in 0..<dimension {
          for step in [-1, 1] {
            var moved = position
            moved[plane] += step
            var change = 0
            for point in 0..<set.count {
              guard let place = pairs[point].firstIndex(of: number) else { continue }
              let rival = squaredDistance(set.coordinates[point], positions[pairs[point][1 - place]])
              let before = min(squaredDistance(set.coordinates[point], position), rival)
              let after = min(squaredDistance(set.coordinates[point], moved), rival)
              change += set.weights[point] * (after - before)
            }
            #expect(change >= 0)
          }
        }
      }
    }
  }

  @Test func roundedMeansAreImprovedTogether() throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 400, dimension: 3, upperBound: 15, using: &generator)
    let clusters = try palette(set, 40, &generator)
    let before = inertia(set, positions(clusters, set))
    try GridDescent(clusters).run(sweepLimit: 100)
    #expect(Double(inertia(set, positions(clusters, set))) < 0.99 * Double(before))
  }

  @Test func heavyWeightsDoNotRaiseInertia() throws {
    var generator = SplitMix64(seed: 4)
    // Symmetric, so that many steps neither help nor harm, and beyond what sums in a Float can tell apart.
    let lattice = (0..<512).map { [$0 & 7, $0 >> 3 & 7, $0 >> 6] }
    for weight in [999_983, 123_456_789, 1_000_000_000_003] {
      var set = PointSet(lattice, upperBound: 15)
      for isUneven in [false, true] {
        set.weights = set.weights.map { _ in weight + (isUneven ? Int(generator.draw(below: 1000)) : 0) }
        for count in [2, 5, 13, 40] {
          let clusters = try palette(set, count, &generator)
          let before = inertia(set, positions(clusters, set))
          try GridDescent(clusters).run(sweepLimit: 100)
          #expect(inertia(set, positions(clusters, set)) <= before + before / 1_000_000)
        }
      }
    }
  }
}
