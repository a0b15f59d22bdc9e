import Clustering
import Testing

struct MeanShiftTests {
  private func clustered(_ set: PointSet, _ bandwidth: Double, threadCount: Int = 1) throws -> Clustering {
    try MeanShift(bandwidth: bandwidth, threadCount: threadCount).cluster(AnyPointTree(set.points()))
  }

  private func modes(_ clustering: Clustering) -> [[Int]] {
    let positions = clustering.positions
    return (0..<positions.count).map { mode in
      (0..<positions.dimension).map { Int(positions.coordinates.elements[mode * positions.dimension + $0]) }
    }
  }

  /// The modes by the definition: from every point to the mean of those within the bandwidth until nothing changes;
  /// of places closer together than the bandwidth the one with the most around it stays.
  private func plainModes(_ set: PointSet, _ bandwidth: Double) -> Int {
    let square = bandwidth * bandwidth * Double(set.upperBound * set.upperBound)
    func around(_ place: [Double]) -> [Int] {
      set.coordinates.indices.filter { point in
        zip(set.coordinates[point], place).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
          <= square
      }
    }
    let places = set.coordinates.map { start in
      var place = start.map { Double($0) }
      var weight = 0.0
      for _ in 0..<500 {
        let near = around(place)
        weight = near.reduce(0) { $0 + Double(set.weights[$1]) }
        let mean = place.indices.map { plane in
          near.reduce(0) { $0 + Double(set.weights[$1] * set.coordinates[$1][plane]) } / weight
        }
        if mean == place { break }
        place = mean
      }
      return (place: place, weight: weight)
    }
    var kept: [[Double]] = []
    for (place, _) in places.sorted(by: { $0.weight > $1.weight }) {
      let isFar = kept.allSatisfy { other in
        zip(place, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } > square
      }
      if isFar { kept.append(place) }
    }
    return kept.count
  }

  /// Points in balls of a radius around middles, more of them near the middle.
  private func blobs(_ middles: [[Int]], radius: Int, count: Int) -> PointSet {
    var generator = SplitMix64(seed: 1)
    var drawn = Set<[Int]>()
    for middle in middles {
      for _ in 0..<count {
        // Pairs opposite each other, so that the middle is the mean.
        let way = middle.map { _ in Int(generator.draw(below: UInt64(radius + 1))) }
        let signs = middle.map { _ in generator.draw(below: 2) == 0 ? 1 : -1 }
        drawn.insert(middle.indices.map { middle[$0] + signs[$0] * way[$0] })
        drawn.insert(middle.indices.map { middle[$0] - signs[$0] * way[$0] })
      }
    }
    return PointSet(Array(drawn), upperBound: 255)
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func eachBlobIsAModeAtItsMean(dimension: Int) throws {
    let middles = [30, 90, 160, 220].map { [Int](repeating: $0, count: dimension) }
    let set = blobs(middles, radius: 9, count: 60)
    let clustering = try clustered(set, 0.1 * Double(dimension).squareRoot())
    #expect(modes(clustering) == middles)
    #expect(plainModes(set, 0.1 * Double(dimension).squareRoot()) == 4)
    for (point, label) in clustering.labels.values.enumerated() {
      let nearest = middles.indices.min {
        squaredDistance(middles[$0], set.coordinates[point])
          < squaredDistance(middles[$1], set.coordinates[point])
      }
      #expect(Int(label) == nearest)
    }
  }

  @Test func aBandwidthPastEverythingGivesTheMean() throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    let total = set.weights.reduce(0, +)
    let mean = (0..<3).map { plane in
      let sum = zip(set.coordinates, set.weights).reduce(0) { $0 + $1.0[plane] * $1.1 }
      return Int((Double(sum) / Double(total)).rounded())
    }
    for bandwidth in [2.0, 1e300] {
      #expect(try modes(clustered(set, bandwidth)) == [mean])
    }
  }

  @Test func aBandwidthBelowEverythingKeepsAllPoints() throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    for bandwidth in [0, 0.001] {
      let clustering = try clustered(set, bandwidth)
      #expect(clustering.positions.count == 300)
      #expect(clustering.inertia == 0)
    }
  }

  @Test(arguments: [3, 5])
  func threadsAndWeightsTakenTogetherChangeNothing(dimension: Int) throws {
    var generator = SplitMix64(seed: 4)
    let set = PointSet(random: 4000, dimension: dimension, upperBound: 255, using: &generator)
    var doubled = set
    doubled.weights = set.weights.map { 2 * $0 }
    let expected = try clustered(set, 0.15)
    #expect(expected.positions.count > 5)
    for (other, threads) in [(set, 2), (set, 7), (doubled, 1)] {
      let clustering = try clustered(other, 0.15, threadCount: threads)
      #expect(modes(clustering) == modes(expected))
      #expect(clustering.labels.values == expected.labels.values)
    }
  }

  /// Points on a line, so many that not all are started from: the modes stay in reach.
  @Test func manyPointsHaveABoundedNumberOfModes() throws {
    let set = PointSet((0..<20000).map { [3 * $0] }, upperBound: 65535)
    let clustering = try clustered(set, 0)
    #expect((1000...MeanShift.startLimit).contains(clustering.positions.count))
    for mode in 0..<clustering.positions.count {
      #expect(clustering.weight(mode) > 0)
    }
  }
}
