import Clustering
import Memory

/// Points in plain arrays, for tests to compute with.
struct PointSet {
  var upperBound: Int
  /// The points, distinct and in Morton order.
  var coordinates: [[Int]]
  var weights: [Int]

  var count: Int { coordinates.count }
  var dimension: Int { coordinates[0].count }

  /// The given points in Morton order, each of weight 1.
  init(_ coordinates: [[Int]], upperBound: Int) {
    self.upperBound = upperBound
    self.coordinates = coordinates.sorted(by: precedesInMortonOrder)
    weights = [Int](repeating: 1, count: coordinates.count)
  }

  /// Distinct points uniform in a cube, `count` of them or as many as the cube has.
  init(
    random count: Int, dimension: Int, upperBound: Int, weights: ClosedRange<Int> = 1...9,
    using generator: inout SplitMix64
  ) {
    var room = 1
    for _ in 0..<dimension where room < count {
      room *= upperBound + 1
    }
    var drawn = Set<[Int]>()
    while drawn.count < min(count, room) {
      drawn.insert((0..<dimension).map { _ in Int(generator.draw(below: UInt64(upperBound + 1))) })
    }
    self.init(Array(drawn), upperBound: upperBound)
    self.weights = (0..<self.count).map { _ in
      weights.lowerBound + Int(generator.draw(below: UInt64(weights.count)))
    }
  }

  /// The same for the engine, perhaps in two parts.
  func points(secondPart: Int? = nil) throws -> Points {
    let planes = (0..<dimension).flatMap { plane in coordinates.map { UInt16($0[plane]) } }
    return Points(
      count: count, dimension: dimension, upperBound: upperBound, coordinates: try Storage(planes),
      weights: try Storage(weights), secondPart: secondPart)
  }
}

/// The squared Euclidean distance of two points.
func squaredDistance(_ first: [Int], _ second: [Int]) -> Int {
  var sum = 0
  for plane in 0..<first.count {
    sum += (first[plane] - second[plane]) * (first[plane] - second[plane])
  }
  return sum
}
