import Clustering
import Memory
import Testing

struct WeightedDrawTests {
  @Test(arguments: [1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 200])
  func drawsEachItemOnce(count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    let weights = (0..<count).map { _ in 1 + Int(generator.draw(below: 1000)) }
    let storage = try Storage(weights)
    var draw = try WeightedDraw(storage, count: count)
    let drawn = (0..<count).map { _ in draw.draw(using: &generator) }
    #expect(drawn.sorted() == Array(0..<count))
    #expect(storage.values == weights)
  }

  @Test func passesOverItemsWithoutWeight() throws {
    var generator = SplitMix64(seed: 1)
    let storage = try Storage([0, 3, 0, 0, 2, 1, 0])
    for _ in 0..<100 {
      var draw = try WeightedDraw(storage, count: 7)
      #expect((0..<3).map { _ in draw.draw(using: &generator) }.sorted() == [1, 4, 5])
    }
  }

  @Test func firstAndSecondDrawsFollowTheWeights() throws {
    var generator = SplitMix64(seed: 2)
    let weights = [5, 1, 0, 10, 3, 1]
    let total = Double(weights.reduce(0, +))
    let storage = try Storage(weights)
    let drawCount = 20000
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 6)
    for _ in 0..<drawCount {
      var draw = try WeightedDraw(storage, count: 6)
      let first = draw.draw(using: &generator)
      counts[first][draw.draw(using: &generator)] += 1
    }
    for first in 0..<6 {
      for second in 0..<6 {
        let rest = total - Double(weights[first])
        let probability =
          first == second ? 0 : Double(weights[first]) / total * Double(weights[second]) / rest
        let expected = probability * Double(drawCount)
        #expect(abs(Double(counts[first][second]) - expected) <= 4.5 * expected.squareRoot())
      }
    }
  }

  /// The running sum decides, as if the items lay one behind the other.
  @Test func agreesWithRunningSums() throws {
    var generator = SplitMix64(seed: 3)
    for count in 1..<40 {
      var weights = (0..<count).map { _ in 1 + Int(generator.draw(below: 9)) }
      var draw = try WeightedDraw(Storage(weights), count: count)
      for _ in 0..<count {
        var twin = generator
        var rest = Int(twin.draw(below: UInt64(weights.reduce(0, +))))
        let expected = weights.firstIndex { weight in
          rest -= weight
          return rest < 0
        }
        let drawn = draw.draw(using: &generator)
        #expect(drawn == expected)
        weights[drawn] = 0
      }
    }
  }

  @Test func weightsMayBeHuge() throws {
    var generator = SplitMix64(seed: 4)
    var draw = try WeightedDraw(Storage([1 << 60, 1 << 61, 1 << 62]), count: 3)
    #expect((0..<3).map { _ in draw.draw(using: &generator) }.sorted() == [0, 1, 2])
  }
}
