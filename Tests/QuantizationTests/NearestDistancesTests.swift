import Clustering
import Testing

struct NearestDistancesTests {
  private func check<Scalar: ExactScalar>(_ set: PointSet, _: Scalar.Type, seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let distances = try NearestDistances(PointTree<Scalar>(set.points()))
    var squares = [Int](repeating: .max, count: set.count)
    let costs = { (squares: [Int]) in zip(squares, set.weights).map { $0 * $1 } }
    for _ in 0..<4 {
      let candidate = Int(generator.draw(below: UInt64(set.count)))
      let place = set.coordinates[candidate]
      let lowered = zip(squares, set.coordinates).map { min($0, squaredDistance($1, place)) }
      let expected = costs(lowered).reduce(0, +)
      #expect(distances.total(with: candidate) == Double(expected))
      distances.choose(candidate)
      squares = lowered
      #expect(distances.total == Double(expected))
      #expect(distances.farthest() == squares.firstIndex(of: squares.max() ?? 0))
      guard expected > 0 else { continue }
      for _ in 0..<8 {
        let threshold = Int(generator.draw(below: UInt64(expected)))
        var rest = threshold
        let point = costs(squares).firstIndex { cost in
          rest -= cost
          return rest < 0
        }
        #expect(distances.point(at: Double(threshold)) == point)
      }
      // At and beyond the end, the last that adds anything.
      let last = squares.lastIndex { $0 > 0 }
      #expect(distances.point(at: Double(expected)) == last)
    }
  }

  @Test(arguments: [1, 3, 7])
  func areThoseOfPlainSums(dimension: Int) throws {
    var generator = SplitMix64(seed: 1)
    for count in [2, 8, 9, 1024, 2100] {
      let small = PointSet(random: count, dimension: dimension, upperBound: 255, using: &generator)
      if dimension <= 6 { try check(small, Float.self, seed: 2) }
      try check(small, Double.self, seed: 2)
    }
    let large = PointSet(random: 1500, dimension: dimension, upperBound: 65535, using: &generator)
    try check(large, Double.self, seed: 3)
  }

  @Test func aPointThatIsChosenAddsNothing() throws {
    let set = PointSet([[0], [3], [10]], upperBound: 10)
    let distances = try NearestDistances(PointTree<Float>(set.points()))
    for point in 0..<3 {
      distances.choose(point)
    }
    #expect(distances.total == 0)
    #expect((0..<3).contains(distances.point(at: 0)))
  }
}
