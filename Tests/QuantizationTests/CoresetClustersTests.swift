import Clustering
import Testing

extension CoresetClusters {
  /// The centroids, counted from the middle of the grid, in plain arrays.
  var plainCentroids: [[Float]] {
    let values = centroids.values
    return (0..<count).map { centroid in
      (0..<cells.dimension).map { values[$0 * stride + centroid] }
    }
  }

  /// Moves the centroids.
  func place(_ positions: [[Float]]) {
    withExtendedLifetime(self) {
      for (centroid, position) in positions.enumerated() {
        for (plane, coordinate) in position.enumerated() {
          centroids.elements[plane * stride + centroid] = coordinate
        }
      }
    }
  }

  /// The weighted sum of squared distances from the nearest centroids, by comparing all with all.
  var plainInertia: Double {
    let centroids = plainCentroids
    return zip(cells.plainCells, cells.plainWeights).reduce(0) { sum, cell in
      sum + Double(cell.1) * (centroids.map { Double(floatSquare(cell.0, $0)) }.min() ?? 0)
    }
  }
}

/// The squared distance of two points, added up plane by plane.
func floatSquare(_ first: [Float], _ second: [Float]) -> Float {
  var sum: Float = 0
  for plane in 0..<first.count {
    sum += (first[plane] - second[plane]) * (first[plane] - second[plane])
  }
  return sum
}

struct CoresetClustersTests {
  private func positions(_ count: Int, like set: PointSet, _ generator: inout SplitMix64) -> [[Float]] {
    (0..<count).map { _ in
      (0..<set.dimension).map { _ in
        Float(Int(generator.draw(below: UInt64(set.upperBound + 1))) - set.middle)
      }
    }
  }

  /// Checks the two nearest centroids of each cell.
  private func expectNearest(
    _ clusters: CoresetClusters, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let centroids = clusters.plainCentroids
    let nearest = clusters.nearest.values
    let second = clusters.second.values
    let squares = zip(clusters.nearestSquares.values, clusters.secondSquares.values).map { [$0, $1] }
    var wrong = 0
    for (cell, position) in clusters.cells.plainCells.enumerated() {
      let all = centroids.map { floatSquare(position, $0) }
      let isRight =
        squares[cell] == Array(all.sorted().prefix(2)) && nearest[cell] != second[cell]
        && all[Int(nearest[cell])] == squares[cell][0] && all[Int(second[cell])] == squares[cell][1]
        && all.firstIndex(of: squares[cell][0]) == Int(nearest[cell])
      wrong += isRight ? 0 : 1
    }
    #expect(wrong == 0, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 3, 4, 7], [255, 65535])
  func bothNearestAreThoseOfBruteForce(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: 1)
    let set = PointSet(random: 700, dimension: dimension, upperBound: upperBound, using: &generator)
    for (count, cellCount) in [(2, 1), (3, 40), (9, 200), (40, 700), (8, 700), (300, 90)] {
      let clusters = try CoresetClusters(set.coreset(cellCount), count: count, threadCount: 1)
      clusters.place(positions(count, like: set, &generator))
      let inertia = clusters.assign()
      expectNearest(clusters)
      #expect(abs(inertia - clusters.plainInertia) <= 1e-5 * inertia)
    }
  }

  @Test func duplicatesAreNearestByTheirNumbers() throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    for count in [2, 9, 40] {
      let clusters = try CoresetClusters(set.coreset(300), count: count, threadCount: 1)
      let few = positions(max(count / 4, 1), like: set, &generator)
      clusters.place((0..<count).map { few[$0 % few.count] })
      clusters.assign()
      expectNearest(clusters)
    }
    // All in one place, as they are at first.
    let clusters = try CoresetClusters(set.coreset(300), count: 17, threadCount: 1)
    clusters.assign()
    #expect(clusters.nearest.values.prefix(300).allSatisfy { $0 == 0 })
    #expect(clusters.second.values.prefix(300).allSatisfy { $0 == 1 })
  }

  @Test func threadsChangeNothing() throws {
    let lattice = (0..<30000).map { [$0 % 200, $0 / 200] }
    let cells = try PointSet(lattice, upperBound: 255).coreset(30000)
    var outcomes = [[Float]]()
    for threadCount in [1, 2, 7] {
      let clusters = try CoresetClusters(cells, count: 20, threadCount: threadCount)
      #expect(clusters.threadCount == threadCount)
      clusters.place((0..<20).map { [Float($0 * 7 % 64) - 60.3, Float($0 * 5 % 80) - 40.7] })
      for _ in 0..<3 {
        clusters.assign()
        clusters.moveToMeans(relaxation: 1.7)
      }
      let inertia = clusters.assign()
      outcomes.append(clusters.centroids.values + clusters.secondSquares.values + [Float(inertia)])
    }
    #expect(firstDifference(outcomes[0], outcomes[1]) == nil)
    #expect(firstDifference(outcomes[0], outcomes[2]) == nil)
  }

  @Test(arguments: [Float(0), 0.5, 1, 1.8])
  func centroidsMoveTowardsMeans(relaxation: Float) throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 400, dimension: 3, upperBound: 255, using: &generator)
    let clusters = try CoresetClusters(set.coreset(400), count: 9, threadCount: 1)
    // The last is nearest to nothing and stays.
    clusters.place(positions(8, like: set, &generator) + [[900, 900, 900]])
    clusters.assign()
    let before = clusters.plainCentroids
    var sums = [[Double]](repeating: [0, 0, 0, 0], count: 9)
    for (point, label) in clusters.nearest.values.prefix(400).enumerated() {
      let weight = Double(set.weights[point])
      sums[Int(label)][0] += weight
      for plane in 0..<3 {
        sums[Int(label)][plane + 1] += weight * Double(set.coordinates[point][plane] - set.middle)
      }
    }
    clusters.moveToMeans(relaxation: relaxation)
    for centroid in 0..<8 where sums[centroid][0] > 0 {
      for plane in 0..<3 {
        let start = Double(before[centroid][plane])
        let mean = sums[centroid][plane + 1] / sums[centroid][0]
        // Not beyond the grid.
        let expected = min(max(start + Double(relaxation) * (mean - start), -128), 127)
        #expect(abs(Double(clusters.plainCentroids[centroid][plane]) - expected) < 1e-3)
      }
    }
    #expect(clusters.plainCentroids[8] == [900, 900, 900])
  }

  @Test(arguments: [1, 3, 4, 7])
  func meansAreThoseOfTheLastAssignment(dimension: Int) throws {
    var generator = SplitMix64(seed: 7)
    let set = PointSet(random: 700, dimension: dimension, upperBound: 255, using: &generator)
    let clusters = try CoresetClusters(set.coreset(700), count: 40, threadCount: 1)
    clusters.place(positions(40, like: set, &generator))
    let (cells, weights) = (clusters.cells.plainCells, clusters.cells.plainWeights)
    for _ in 0..<6 {
      let inertia = clusters.assignNearest()
      #expect(abs(inertia - clusters.plainInertia) <= 1e-5 * inertia)
      let labels = clusters.nearest.values
      clusters.moveToMeans(relaxation: 1)
      for centroid in 0..<40 {
        let own = cells.indices.filter { labels[$0] == centroid }
        let weight = own.reduce(0.0) { $0 + Double(weights[$1]) }
        guard weight > 0 else { continue }
        for plane in 0..<dimension {
          let sum = own.reduce(0.0) { $0 + Double(weights[$1]) * Double(cells[$1][plane]) }
          #expect(abs(Double(clusters.plainCentroids[centroid][plane]) - sum / weight) < 1e-3)
        }
      }
    }
  }

  @Test func positionsComeBackFromTheFineGrid() throws {
    var generator = SplitMix64(seed: 4)
    for upperBound in [1, 255, 65535] {
      let set = PointSet(random: 4, dimension: 2, upperBound: upperBound, using: &generator)
      let clusters = try CoresetClusters(set.coreset(4), count: 2, threadCount: 1)
      let corners = try Centroids(count: 2, dimension: 2)
      let values = [0, Int32(upperBound) * 64, Int32(upperBound) * 32 + 1, 7]
      _ = corners.coordinates.elements.update(fromContentsOf: values)
      clusters.place(at: corners, middle: Float(set.middle))
      #expect(try clusters.centroids(middle: Float(set.middle)).coordinates.values == values)
    }
  }

  @Test func settlingLowersInertia() throws {
    var generator = SplitMix64(seed: 5)
    let set = PointSet(random: 600, dimension: 3, upperBound: 255, using: &generator)
    let clusters = try CoresetClusters(set.coreset(600), count: 12, threadCount: 1)
    clusters.place(positions(12, like: set, &generator))
    let start = clusters.assign()
    clusters.settle(until: 1e-2)
    let roughly = clusters.assign()
    clusters.settle(until: 1e-6)
    let closely = clusters.assign()
    #expect(roughly < start && closely <= roughly * 1.000001)
  }

  @Test func settlingLeavesNoCentroidOffTheGrid() throws {
    var generator = SplitMix64(seed: 6)
    // Steps beyond the mean may leave a centroid outside, and without cells.
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    let cells = try set.coreset(300)
    let positions = cells.plainCells
    for _ in 0..<20 {
      let clusters = try CoresetClusters(cells, count: 290, threadCount: 1)
      clusters.place((0..<290).map { _ in positions[Int(generator.draw(below: 300))] })
      clusters.settle(until: 1e-3)
      let values = try clusters.centroids(middle: Float(set.middle)).coordinates.values
      #expect(values.allSatisfy { (0...255 * 64).contains($0) })
    }
  }
}
