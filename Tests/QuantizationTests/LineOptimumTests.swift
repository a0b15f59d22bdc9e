import Memory
import Testing

import Clustering

/// The optimum on a line, against all there is to choose from and against a plain table.
@Suite struct LineOptimumTests {
  /// Points on a line.
  private struct Line {
    let values: [Int]
    let weights: [Int]
    let upperBound: Int

    /// Distinct values up to a bound.
    init(_ count: Int, upperBound: Int, heaviest: Int, using generator: inout SplitMix64) {
      let values = Array(0...upperBound).shuffled(using: &generator).prefix(count).sorted()
      self.values = values
      weights = values.map { _ in Int.random(in: 1...heaviest, using: &generator) }
      self.upperBound = upperBound
    }

    init(values: [Int], weights: [Int], upperBound: Int) {
      self.values = values
      self.weights = weights
      self.upperBound = upperBound
    }

    func points() throws -> Points {
      let coordinates = try Storage<UInt16>(count: values.count)
      let stored = try Storage<Int>(count: values.count)
      for (index, value) in values.enumerated() {
        coordinates.base[index] = UInt16(value)
        stored.base[index] = weights[index]
      }
      return Points(
        count: values.count, dimension: 1, upperBound: upperBound, coordinates: coordinates, weights: stored)
    }

    /// The inertia of some centers.
    func inertia(_ centers: [Int]) -> Int128 {
      zip(values, weights).reduce(Int128(0)) { sum, point in
        let squares = centers.map { ($0 - point.0) * ($0 - point.0) }
        return sum + Int128(point.1) * Int128(squares.min() ?? 0)
      }
    }

    /// The least inertia for each number of centers, by a table over all intervals.
    func leastInertias(among places: [Int]) -> [Int128] {
      let count = values.count
      var costs = [[Int128]](repeating: Array(repeating: 0, count: count + 1), count: count + 1)
      for start in 0..<count {
        for end in start + 1...count {
          let interval = Line(
            values: Array(values[start..<end]), weights: Array(weights[start..<end]), upperBound: upperBound)
          let within = places.filter { $0 >= values[start] && $0 <= values[end - 1] }
          costs[start][end] = within.map { interval.inertia([$0]) }.min() ?? 0
        }
      }
      var least = Array(costs[0])
      var result: [Int128] = [least[count]]
      for _ in 1..<count {
        var next = [Int128](repeating: 0, count: count + 1)
        for end in 1...count {
          next[end] = (0..<end).map { least[$0] + costs[$0][end] }.min() ?? 0
        }
        least = next
        result.append(least[count])
      }
      return result
    }
  }

  private func centers(_ line: Line, _ count: Int, places: [Int]? = nil) throws -> [Int] {
    let stored = try places.map { places in
      let stored = try Storage<UInt16>(count: places.count)
      for (index, place) in places.enumerated() { stored.base[index] = UInt16(place) }
      return stored
    }
    let centers = try LineOptimum.centers(of: line.points(), count: count, places: stored)
    return (0..<centers.count).map { Int(centers.position($0)[0]) }
  }

  /// All sets of so many numbers.
  private func subsets(of numbers: [Int], count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return numbers.indices.flatMap { index in
      subsets(of: Array(numbers[(index + 1)...]), count: count - 1).map { [numbers[index]] + $0 }
    }
  }

  @Test func noOtherCentersAreBetter() throws {
    var generator = SplitMix64(seed: 14)
    for _ in 0..<40 {
      let line = Line(
        Int.random(in: 2...7, using: &generator), upperBound: 11, heaviest: 9, using: &generator)
      for count in 1...line.values.count {
        let found = try centers(line, count)
        #expect(found.count == count && Set(found).count == count)
        #expect(line.inertia(found) == subsets(of: Array(0...11), count: count).map(line.inertia).min())
      }
    }
  }

  @Test(arguments: [1, 3, 1000])
  func leastInertiaIsThatOfATable(heaviest: Int) throws {
    var generator = SplitMix64(seed: UInt64(heaviest))
    for bound in [60, 400] {
      let line = Line(50, upperBound: bound, heaviest: heaviest, using: &generator)
      let least = line.leastInertias(among: Array(0...bound))
      for count in 1...50 {
        #expect(try line.inertia(centers(line, count)) == least[count - 1], "\(count) of \(line)")
      }
    }
  }

  /// Equal steps and weights: many numbers of intervals are equally cheap for one penalty, so that cuts are spliced.
  @Test func leastInertiaOfEqualSteps() throws {
    let line = Line(
      values: (0..<60).map { 4 * $0 }, weights: Array(repeating: 5, count: 60), upperBound: 255)
    let least = line.leastInertias(among: Array(0...255))
    for count in 1...60 {
      #expect(try line.inertia(centers(line, count)) == least[count - 1], "\(count)")
    }
  }

  /// Enough points for blocks, against the table for few centers.
  @Test func blocksAreOnlyAGuess() throws {
    var generator = SplitMix64(seed: 3)
    let line = Line(300, upperBound: 65535, heaviest: 4, using: &generator)
    // A table of few rows, with means from sums.
    var sums = [(weight: 0, value: 0, square: 0)]
    for (value, weight) in zip(line.values, line.weights) {
      let last = sums[sums.count - 1]
      sums.append((last.weight + weight, last.value + weight * value, last.square + weight * value * value))
    }
    func cost(_ start: Int, _ end: Int) -> Int {
      let weight = sums[end].weight - sums[start].weight
      let value = sums[end].value - sums[start].value
      let center = Int((Double(value) / Double(weight)).rounded())
      return sums[end].square - sums[start].square - 2 * center * value + center * center * weight
    }
    var least = (0...300).map { $0 == 0 ? 0 : cost(0, $0) }
    for count in 2...12 {
      least = (0...300).map { end in
        end == 0 ? Int.max / 2 : (0..<end).map { (start: Int) in least[start] + cost(start, end) }.min() ?? 0
      }
      #expect(try line.inertia(centers(line, count)) == Int128(least[300]), "\(count)")
    }
  }

  @Test func centersAreAmongThePlaces() throws {
    var generator = SplitMix64(seed: 7)
    let places = (0...300).filter { $0 % 7 == 0 || $0 % 11 == 0 }
    let values = places.shuffled(using: &generator).prefix(30).sorted()
    let weights = values.map { _ in Int.random(in: 1...20, using: &generator) }
    let line = Line(values: values, weights: weights, upperBound: 300)
    let least = line.leastInertias(among: places)
    for count in 1...30 {
      let found = try centers(line, count, places: places)
      #expect(Set(found).isSubset(of: places) && Set(found).count == count)
      #expect(line.inertia(found) == least[count - 1], "\(count)")
    }
  }

  @Test func sumsBeyondAnInt() throws {
    let line = Line(
      values: [0, 1, 30000, 65534, 65535], weights: Array(repeating: 1 << 42, count: 5), upperBound: 65535)
    let least = line.leastInertias(
      among: Array(0...1) + Array(29900...30100) + Array(21000...22000) + [65534, 65535])
    for count in 3...5 {
      #expect(try line.inertia(centers(line, count)) == least[count - 1])
    }
  }
}
