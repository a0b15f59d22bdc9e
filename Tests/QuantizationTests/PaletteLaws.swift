import Clustering
import Testing

extension Clustering {
  /// The positions in plain arrays.
  var plainPositions: [[Int]] {
    let coordinates = positions.coordinates.values
    return (0..<positions.count).map { entry in
      (0..<positions.dimension).map { Int(coordinates[entry * positions.dimension + $0]) }
    }
  }

  /// The labels in a plain array.
  var plainLabels: [Int] {
    labels.values.map(Int.init)
  }
}

/// Checks all that a palette promises: `count` distinct positions in lexicographic order, each in use, each point at
/// its nearest one (of equals the first), the inertia, and, where `isSettled`, each position the rounded mean of its
/// points (at .5 either neighbor). The `fixed` positions have to be there, and need neither points nor be means.
func expectLaws(
  _ clustering: Clustering, of set: PointSet, count: Int, fixed: [[Int]] = [], isSettled: Bool = true,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let positions = clustering.plainPositions
  let labels = clustering.plainLabels
  #expect(positions.count == count, sourceLocation: sourceLocation)
  #expect(clustering.positions.fractionBits == 0, sourceLocation: sourceLocation)
  for (first, second) in zip(positions, positions.dropFirst()) {
    #expect(first.lexicographicallyPrecedes(second), sourceLocation: sourceLocation)
  }
  var inertia = Int128(0)
  var weights = [Int](repeating: 0, count: positions.count)
  var sums = [[Int]](repeating: [Int](repeating: 0, count: set.dimension), count: positions.count)
  var nearest = [Int]()
  for (point, weight) in zip(set.coordinates, set.weights) {
    let squares = positions.map { squaredDistance(point, $0) }
    let best = squares.indices.reduce(0) { squares[$1] < squares[$0] ? $1 : $0 }
    nearest.append(best)
    inertia += Int128(weight) * Int128(squares[best])
    weights[best] += weight
    for plane in 0..<set.dimension {
      sums[best][plane] += weight * point[plane]
    }
  }
  #expect(firstDifference(labels, nearest) == nil, sourceLocation: sourceLocation)
  #expect(clustering.inertia == inertia, sourceLocation: sourceLocation)
  #expect((0..<positions.count).map(clustering.weight) == weights, sourceLocation: sourceLocation)
  #expect(Set(fixed).isSubset(of: positions), sourceLocation: sourceLocation)
  let free = positions.indices.filter { !fixed.contains(positions[$0]) }
  #expect(free.allSatisfy { weights[$0] > 0 }, sourceLocation: sourceLocation)
  guard isSettled else { return }
  for entry in free {
    let position = positions[entry]
    for plane in 0..<set.dimension {
      let excess = Int128(sums[entry][plane]) - Int128(weights[entry]) * Int128(position[plane])
      #expect(2 * abs(excess) <= Int128(weights[entry]), sourceLocation: sourceLocation)
    }
  }
}
