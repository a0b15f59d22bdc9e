import Clustering
import Testing

struct PrincipalAxisTests {
  /// The means of the two parts of some cells and the gain, or nil where there is no gain.
  private func cut(
    _ coreset: Coreset, _ numbers: [Int32]
  ) -> (gain: Double, upper: [Float], lower: [Float])? {
    var halves = [Float](repeating: .nan, count: 2 * coreset.dimension)
    var labels = [Int32](repeating: 0, count: coreset.count)
    for number in numbers {
      labels[Int(number)] = 1
    }
    guard let runs = try? ClusterRuns(coreset, count: 2, labels: labels) else { return nil }
    let gain = halves.withUnsafeMutableBufferPointer { halves -> Float in
      guard let base = halves.baseAddress else { return 0 }
      var axis = PrincipalAxis(runs, cluster: 1)
      return axis.cut(into: base)
    }
    guard gain != 0 else { return nil }
    return (Double(gain), Array(halves.prefix(coreset.dimension)), Array(halves.suffix(coreset.dimension)))
  }

  private func mean(_ coreset: Coreset, _ numbers: [Int32]) -> (weight: Double, position: [Double]) {
    let cells = coreset.plainCells
    let weights = coreset.plainWeights.map { Double($0) }
    let weight = numbers.reduce(0) { $0 + weights[Int($1)] }
    let position = (0..<coreset.dimension).map { plane in
      numbers.reduce(0) { $0 + weights[Int($1)] * Double(cells[Int($1)][plane]) } / weight
    }
    return (weight, position)
  }

  private func inertia(_ coreset: Coreset, _ numbers: [Int32]) -> Double {
    let center = mean(coreset, numbers).position.map { Float($0) }
    let (cells, weights) = (coreset.plainCells, coreset.plainWeights)
    return numbers.reduce(0) {
      $0 + Double(weights[Int($1)]) * Double(floatSquare(cells[Int($1)], center))
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7, 16, 17, 20])
  func gainIsTheFallOfInertia(dimension: Int) throws {
    var generator = SplitMix64(seed: 1)
    // Two groups, far apart in the last plane, of different sizes and weights.
    let set = PointSet(
      random: 60, dimension: dimension, upperBound: 31, weights: 1...9, using: &generator)
    var apart = set
    apart.upperBound = 255
    for point in 0..<set.count where point % 3 == 0 {
      apart.coordinates[point][dimension - 1] += 200
    }
    let order = apart.coordinates.indices.sorted {
      precedesInMortonOrder(apart.coordinates[$0], apart.coordinates[$1])
    }
    apart.coordinates = order.map { apart.coordinates[$0] }
    apart.weights = order.map { apart.weights[$0] }
    let coreset = try apart.coreset(apart.count)
    let numbers = (0..<Int32(coreset.count)).map { $0 }
    let isUpper = { (number: Int32) in apart.coordinates[Int(number)][dimension - 1] >= 200 }
    let parts = [numbers.filter(isUpper), numbers.filter { !isUpper($0) }]
    let found = try #require(cut(coreset, numbers))
    let fall = inertia(coreset, numbers) - inertia(coreset, parts[0]) - inertia(coreset, parts[1])
    #expect(abs(found.gain - fall) <= 1e-4 * fall)
    let means = parts.map { mean(coreset, $0).position }
    let isSwapped = found.upper[dimension - 1] < found.lower[dimension - 1]
    for (half, mean) in zip(isSwapped ? [found.lower, found.upper] : [found.upper, found.lower], means) {
      #expect(zip(half, mean).allSatisfy { abs(Double($0) - $1) < 1e-2 })
    }
  }

  @Test(arguments: [2, 3, 4, 7])
  func halvesBalanceAroundTheMean(dimension: Int) throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 300, dimension: dimension, upperBound: 65535, using: &generator)
    let coreset = try set.coreset(200)
    for count in [2, 3, 10, coreset.count] {
      let numbers = (0..<Int32(count)).map { $0 }
      let found = try #require(cut(coreset, numbers))
      let (weight, center) = mean(coreset, numbers)
      let way = zip(found.upper, found.lower).map { Double($0 - $1) }
      let square = way.reduce(0) { $0 + $1 * $1 }
      let back = zip(center, found.lower).map { $0 - Double($1) }
      let part = zip(back, way).reduce(0) { $0 + $1.0 * $1.1 } / square
      #expect(abs(found.gain - part * (1 - part) * weight * square) <= 1e-3 * found.gain)
      #expect(part > 0 && part < 1)
    }
  }

  @Test func anElongatedCloudIsCutAcross() throws {
    var generator = SplitMix64(seed: 3)
    for axis in [[1.0, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0.577, -0.577, 0.577], [-0.3, 0.2, 0.93]] {
      var cloud = Set<[Int]>()
      for _ in 0..<200 {
        let along = Double(generator.draw(below: 201)) - 100
        cloud.insert(axis.map { Int((128 + along * $0).rounded()) + Int(generator.draw(below: 11)) - 5 })
      }
      let set = PointSet(Array(cloud), upperBound: 255)
      let coreset = try set.coreset(set.count)
      let found = try #require(cut(coreset, (0..<Int32(coreset.count)).map { $0 }))
      let way = zip(found.upper, found.lower).map { Double($0 - $1) }
      let length = way.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(zip(way, axis).reduce(0) { $0 + $1.0 * $1.1 }) > 0.99 * length)
      // A uniform stretch loses three quarters of its inertia.
      #expect(found.gain > 0.7 * inertia(coreset, (0..<Int32(coreset.count)).map { $0 }))
    }
  }

  @Test(arguments: [1, 3, 20])
  func oneCellGainsNothing(dimension: Int) throws {
    var generator = SplitMix64(seed: 4)
    let set = PointSet(random: 9, dimension: dimension, upperBound: 65535, using: &generator)
    let coreset = try set.coreset(9)
    #expect(cut(coreset, []) == nil)
    #expect(cut(coreset, [4]) == nil)
  }

  @Test(arguments: [255, 65535])
  func heavyCellsDoNotMoveTheMeansOfLightOnes(upperBound: Int) throws {
    var generator = SplitMix64(seed: 5)
    var set = PointSet(random: 500, dimension: 3, upperBound: upperBound, using: &generator)
    set.weights = set.weights.map { $0 == 9 ? 1 << 24 + Int(generator.draw(below: 1000)) : 1 }
    let coreset = try set.coreset(500)
    for count in 2...300 {
      let numbers = Set((0..<count).map { _ in Int32(generator.draw(below: 500)) }).sorted()
      guard let found = cut(coreset, numbers) else { continue }
      let whole = inertia(coreset, numbers)
      #expect(found.gain <= 1.001 * whole)
      #expect((found.upper + found.lower).allSatisfy { abs($0) <= Float(set.middle) })
    }
  }
}
