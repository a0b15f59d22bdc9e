import Clustering
import Testing

extension PointSet {
  /// The coordinate from which coresets count.
  var middle: Int { (upperBound + 1) / 2 }

  /// A coreset of the points.
  func coreset(_ count: Int) throws -> Coreset {
    try Coreset(PointTree<Double>(points()), count: count)
  }
}

extension Coreset {
  /// The cells, counted from the middle of the grid, in plain arrays.
  var plainCells: [[Float]] {
    let values = planes.values
    return (0..<count).map { cell in (0..<dimension).map { values[$0 * stride + cell] } }
  }

  /// Their weights in a plain array.
  var plainWeights: [Float] { Array(weights.values[0..<count]) }
}

struct CoresetTests {
  /// Checks that the cells are the means of consecutive points, all of them, and that the blocks hold their cells.
  private func expectLaws(
    _ coreset: Coreset, of set: PointSet, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var point = 0
    var farthest = 0.0
    for (cell, share) in zip(coreset.plainCells, coreset.plainWeights) {
      var weight = 0
      var sums = [Int](repeating: 0, count: set.dimension)
      repeat {
        weight += set.weights[point]
        for plane in 0..<set.dimension {
          sums[plane] += set.weights[point] * (set.coordinates[point][plane] - set.middle)
        }
        point += 1
      } while point < set.count && Float(weight) < share
      #expect(Float(weight) == share, sourceLocation: sourceLocation)
      for (value, sum) in zip(cell, sums) {
        farthest = max(farthest, abs(Double(value) - Double(sum) / Double(weight)))
      }
    }
    #expect(point == set.count, sourceLocation: sourceLocation)
    #expect(farthest <= Double(set.upperBound) * 1e-7, sourceLocation: sourceLocation)
    expectBlocksHoldTheirCells(coreset, sourceLocation: sourceLocation)
  }

  private func expectBlocksHoldTheirCells(_ coreset: Coreset, sourceLocation: SourceLocation) {
    let middles = coreset.blockMiddles.values
    let reaches = coreset.blockReaches.values
    for (number, cell) in coreset.plainCells.enumerated() {
      let block = number / Coreset.blockLength
      var square: Float = 0
      for (plane, value) in cell.enumerated() {
        let difference = value - middles[plane * coreset.blockCount + block]
        square += difference * difference
      }
      // A coordinate of 16 bits is good to 1/512 in a Float.
      #expect(square.squareRoot() <= reaches[block] * 1.00001 + 0.01, sourceLocation: sourceLocation)
    }
    #expect(coreset.weights.values.dropFirst(coreset.count).allSatisfy { $0 == 0 })
    #expect(coreset.stride == coreset.blockCount * Coreset.blockLength, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 3, 4, 7], [255, 65535])
  func cellsAreMeansOfRuns(dimension: Int, upperBound: Int) throws {
    var generator = SplitMix64(seed: 1)
    let set = PointSet(random: 1500, dimension: dimension, upperBound: upperBound, using: &generator)
    for wanted in [1, 2, 31, 32, 33, 200, 900, set.count - 1] {
      let coreset = try set.coreset(wanted)
      expectLaws(coreset, of: set)
      #expect(coreset.count <= wanted)
      // Where the points are few on a small grid, nodes are alike and divided all or none.
      let isFull = dimension == 1 && upperBound == 255
      #expect(coreset.count >= wanted / (isFull ? 16 : 2))
    }
  }

  @Test(arguments: [1, 3, 7])
  func allCellsAreThePoints(dimension: Int) throws {
    var generator = SplitMix64(seed: 2)
    let set = PointSet(random: 200, dimension: dimension, upperBound: 255, using: &generator)
    for wanted in [set.count, set.count + 1, Int.max] {
      let coreset = try set.coreset(wanted)
      #expect(coreset.plainCells == set.coordinates.map { $0.map { Float($0 - set.middle) } })
      #expect(coreset.plainWeights == set.weights.map { Float($0) })
    }
  }

  @Test func treesOfEitherScalarAgree() throws {
    var generator = SplitMix64(seed: 3)
    let set = PointSet(random: 1500, dimension: 3, upperBound: 255, using: &generator)
    let first = try set.coreset(300)
    let second = try Coreset(PointTree<Float>(set.points()), count: 300)
    #expect(first.plainCells == second.plainCells)
    #expect(first.plainWeights == second.plainWeights)
  }

  @Test func heavyPointsAreCellsOfTheirOwn() throws {
    var generator = SplitMix64(seed: 4)
    var set = PointSet(
      random: 1000, dimension: 3, upperBound: 255, weights: 1...1, using: &generator)
    for heavy in stride(from: 50, to: 1000, by: 100) {
      set.weights[heavy] = 1 << 40
      set.weights[heavy + 1] = 1 << 40
    }
    let coreset = try set.coreset(400)
    // A cell made of two of the heaviest points would alone be most of the coreset's loss.
    #expect(coreset.plainWeights.filter { $0 >= 0x1p40 }.count == 20)
  }

  @Test func equalWeightsOnALatticeGiveNoMoreThanWanted() throws {
    let lattice = (0..<4096).map { [$0 & 15, $0 >> 4 & 15, $0 >> 8] }
    let set = PointSet(lattice, upperBound: 15)
    for wanted in [1, 255, 256, 257, 4095] {
      let coreset = try set.coreset(wanted)
      expectLaws(coreset, of: set)
      #expect(coreset.count <= wanted)
    }
  }

  @Test func manyPointsInALineAreDivided() throws {
    let set = PointSet((0..<20000).map { [$0, 0, 0] }, upperBound: 65535)
    let coreset = try set.coreset(1000)
    expectLaws(coreset, of: set)
    #expect((500...1000).contains(coreset.count))
  }

  @Test func cellsAreDistinctPoints() throws {
    var generator = SplitMix64(seed: 5)
    // Means on small grids round to the same position most easily.
    for (dimension, upperBound) in [(1, 255), (2, 31), (3, 7), (6, 2), (10, 1)] {
      let set = PointSet(random: 900, dimension: dimension, upperBound: upperBound, using: &generator)
      let points = try set.coreset(set.count / 3).points(upperBound: upperBound)
      let coordinates = points.coordinates.values
      let plain = (0..<points.count).map { point in
        (0..<dimension).map { coordinates[$0 * points.count + point] }
      }
      #expect(Set(plain).count == points.count)
      #expect(coordinates.allSatisfy { $0 <= upperBound })
      #expect(points.weights.values.reduce(0, +) == set.weights.reduce(0, +))
    }
  }
}
