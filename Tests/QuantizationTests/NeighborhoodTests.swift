import Clustering
import Testing

extension ClusterRuns {
  /// The cells by given labels.
  convenience init(_ cells: Coreset, count: Int, labels: [Int32]) throws {
    try self.init(cells, count: count)
    labels.withUnsafeBufferPointer { labels in
      if let base = labels.baseAddress { sort(by: base) }
    }
  }
}

struct NeighborhoodTests {
  private func neighborhood(
    _ coreset: Coreset, _ cells: [Int32], _ centroids: [[Float]]
  ) throws -> Neighborhood {
    // Every third of them in a cluster of its own, the others in cluster 3; 2 has none.
    var labels = [Int32](repeating: 3, count: coreset.count)
    for (index, cell) in cells.enumerated() {
      labels[Int(cell)] = index % 3 == 2 ? 4 : Int32(index % 3)
    }
    let neighborhood = try Neighborhood(
      ClusterRuns(coreset, count: 5, labels: labels), centroidCapacity: centroids.count + 1)
    // What was there before must leave no trace.
    neighborhood.add(cluster: 3)
    neighborhood.add(cluster: 0)
    centroids.first?.withUnsafeBufferPointer { first in
      if let base = first.baseAddress { neighborhood.addCentroid(base, stride: 1) }
    }
    _ = neighborhood.settle(iterations: 2, relaxation: 1, bound: .infinity, patience: 0)
    neighborhood.clear()
    for cluster in [4, 0, 2, 1] {
      neighborhood.add(cluster: cluster)
    }
    for centroid in centroids {
      centroid.withUnsafeBufferPointer { position in
        if let base = position.baseAddress { neighborhood.addCentroid(base, stride: 1) }
      }
    }
    return neighborhood
  }

  private func draw(_ count: Int, _ dimension: Int, _ generator: inout SplitMix64) -> [[Float]] {
    (0..<count).map { _ in (0..<dimension).map { _ in Float(generator.draw(below: 256)) - 128 } }
  }

  private func plain(_ neighborhood: Neighborhood, _ dimension: Int) -> [[Float]] {
    (0..<neighborhood.centroidCount).map { centroid in
      (0..<dimension).map { neighborhood.coordinate($0, of: centroid) }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func inertiaIsThatOfTheCentroids(dimension: Int) throws {
    var generator = SplitMix64(seed: 1)
    let set = PointSet(random: 200, dimension: dimension, upperBound: 255, using: &generator)
    let coreset = try set.coreset(150)
    let (positions, weights) = (coreset.plainCells, coreset.plainWeights)
    // Multiples of eight and others.
    for (cellCount, count) in [(1, 1), (8, 2), (13, 3), (64, 5), (coreset.count, 9)] {
      let cells = (0..<Int32(min(cellCount, coreset.count))).map { (Int32(coreset.count) - 1) - $0 }
      for iterations in [0, 1, 2, 3, 8, 30] {
        let neighborhood = try neighborhood(coreset, cells, draw(count, dimension, &generator))
        let reached = neighborhood.settle(
          iterations: iterations, relaxation: 1.5, bound: .infinity, patience: 0)
        let centroids = plain(neighborhood, dimension)
        let expected = cells.reduce(Float(0)) { sum, cell in
          let squares = centroids.map { floatSquare(positions[Int(cell)], $0) }
          return sum + weights[Int(cell)] * (squares.min() ?? 0)
        }
        #expect(abs(reached - expected) <= 1e-5 * expected + 1e-3)
      }
    }
  }

  @Test func relaxationOneIsLloydsIteration() throws {
    let set = PointSet([[0], [10], [100], [110], [120]], upperBound: 255)
    let coreset = try set.coreset(5)
    let neighborhood = try neighborhood(coreset, [0, 1, 2, 3, 4], [[-128], [-118]])
    // 0 | 10...120, then 0, 10 | 100...120.
    #expect(neighborhood.settle(iterations: 9, relaxation: 1, bound: .infinity, patience: 0) == 250)
    #expect(plain(neighborhood, 1) == [[-123], [-18]])
  }

  @Test func givesUpWhenTheBoundIsOutOfReach() throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    let coreset = try set.coreset(300)
    let cells = (0..<Int32(300)).map { $0 }
    let centroids = draw(6, 3, &generator)
    let course = try (1...10).map { iterations in
      try neighborhood(coreset, cells, centroids)
        .settle(iterations: iterations, relaxation: 1.5, bound: .infinity, patience: 4)
    }
    #expect(course.allSatisfy { $0.isFinite })
    var isGivenUp = Set<Bool>()
    for patience in [Float(0), 1, 4] {
      for part in stride(from: Float(0.8), to: 1.3, by: 0.02) {
        let bound = course[9] * part
        let isOut = zip(course, course.dropFirst()).contains { $1 - patience * ($0 - $1) > bound }
        let reached = try neighborhood(coreset, cells, centroids)
          .settle(iterations: 10, relaxation: 1.5, bound: bound, patience: patience)
        #expect(reached == (isOut ? .infinity : course[9]))
        isGivenUp.insert(isOut)
      }
    }
    #expect(isGivenUp.count == 2)
  }

  @Test func triplesAreAsAnyOtherDimension() throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 300, dimension: 3, upperBound: 255, using: &generator)
    var flat = set
    flat.coordinates = set.coordinates.map { $0 + [flat.middle] }
    let (triples, quadruples) = (try set.coreset(300), try flat.coreset(300))
    let cells = (0..<Int32(277)).map { $0 }
    for count in [1, 2, 7, 16] {
      let centroids = draw(count, 3, &generator)
      let first = try neighborhood(triples, cells, centroids)
      let second = try neighborhood(quadruples, cells, centroids.map { $0 + [0] })
      let reached = first.settle(iterations: 5, relaxation: 1.5, bound: .infinity, patience: 0)
      #expect(second.settle(iterations: 5, relaxation: 1.5, bound: .infinity, patience: 0) == reached)
      #expect(plain(second, 4) == plain(first, 3).map { $0 + [0] })
    }
  }

  @Test(arguments: [1, 3, 5])
  func startsWithTheCellsOfClusters(dimension: Int) throws {
    var generator = SplitMix64(seed: 4)
    let set = PointSet(random: 300, dimension: dimension, upperBound: 255, using: &generator)
    let coreset = try set.coreset(300)
    let labels = (0..<Int32(coreset.count)).map { $0 * 7 % 5 }
    let runs = try ClusterRuns(coreset, count: 5, labels: labels)
    let centroids = draw(4, dimension, &generator)
    let found = try [false, true].map { knowsClusters in
      let neighborhood = try Neighborhood(runs, centroidCapacity: 4)
      for cluster in [3, 0, 2] { neighborhood.add(cluster: cluster) }
      for (index, cluster) in [nil, 2, 3, 0].enumerated() {
        centroids[index].withUnsafeBufferPointer { position in
          guard let base = position.baseAddress else { return }
          neighborhood.addCentroid(base, stride: 1, cluster: knowsClusters ? cluster : nil)
        }
      }
      let reached = neighborhood.settle(iterations: 6, relaxation: 1.5, bound: .infinity, patience: 0)
      return [reached] + plain(neighborhood, dimension).joined()
    }
    for (first, second) in zip(found[0], found[1]) {
      #expect(abs(first - second) <= 1e-5 * abs(first) + 1e-3)
    }
  }

  @Test func noCellsHaveNoInertia() throws {
    let coreset = try PointSet([[0, 0, 0], [1, 1, 1]], upperBound: 1).coreset(2)
    let neighborhood = try neighborhood(coreset, [], [[0, 0, 0], [1, 0, 0]])
    #expect(neighborhood.settle(iterations: 4, relaxation: 1.5, bound: 0, patience: 4) == 0)
    #expect(plain(neighborhood, 3) == [[0, 0, 0], [1, 0, 0]])
  }
}
