import Clustering
import Foundation

/// The start methods as their descriptions say them, by exhaustive search.
struct PlainStart {
  let set: PointSet
  let count: Int

  /// Centroids on the grid of 6 fractional bits.
  func centroids(_ method: StartMethod, using generator: inout SplitMix64) -> [[Int]] {
    switch method {
    case .random: return fine(random(using: &generator))
    case .pixels: return fine(pixels(using: &generator).map { set.coordinates[$0] })
    case .kMeansPlusPlus: return fine(kMeansPlusPlus(using: &generator).map { set.coordinates[$0] })
    case .wu: return boxes().map(mean)
    case .maximin: return fine(maximin().map { set.coordinates[$0] })
    }
  }

  private func fine(_ positions: [[Int]]) -> [[Int]] {
    positions.map { $0.map { $0 << 6 } }
  }

  private func random(using generator: inout SplitMix64) -> [[Int]] {
    var drawn = [[Int]]()
    while drawn.count < count {
      let position = (0..<set.dimension).map { _ in Int(generator.draw(below: UInt64(set.upperBound + 1))) }
      if !drawn.contains(position) {
        drawn.append(position)
      }
    }
    return drawn
  }

  /// Draws without putting back, by the running sum of what is left.
  private func pixels(using generator: inout SplitMix64) -> [Int] {
    var weights = set.weights
    return (0..<count).map { _ in
      let chosen = item(at: Int(generator.draw(below: UInt64(weights.reduce(0, +)))), of: weights)
      weights[chosen] = 0
      return chosen
    }
  }

  private func item(at place: Int, of weights: [Int]) -> Int {
    var sum = 0
    for (item, weight) in weights.enumerated() {
      sum += weight
      if place < sum {
        return item
      }
    }
    return weights.count - 1
  }

  private func kMeansPlusPlus(using generator: inout SplitMix64) -> [Int] {
    var chosen = [item(at: Int(generator.draw(below: UInt64(set.weights.reduce(0, +)))), of: set.weights)]
    var squares = squaredDistances(to: set.coordinates[chosen[0]])
    while chosen.count < count {
      let costs = zip(squares, set.weights).map { $0 * $1 }
      let candidates = (0..<2 + Int(log(Double(count)))).map { _ in
        let threshold = generator.drawFraction() * Double(costs.reduce(0, +))
        // Sums are whole, so the first above the threshold is the first above its whole part.
        return item(at: Int(threshold), of: costs)
      }
      let nearer = candidates.map { zip(squares, squaredDistances(to: set.coordinates[$0])).map(min) }
      let totals = nearer.map { zip($0, set.weights).reduce(0) { $0 + $1.0 * $1.1 } }
      let best = totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
      chosen.append(candidates[best])
      squares = nearer[best]
    }
    return chosen
  }

  private func squaredDistances(to position: [Int]) -> [Int] {
    set.coordinates.map { squaredDistance($0, position) }
  }

  private func maximin() -> [Int] {
    let center = mean(Array(0..<set.count))
    var squares = set.coordinates.map { squaredDistance($0.map { $0 << 6 }, center) }
    var chosen = [Int]()
    while chosen.count < count {
      let farthest = squares.indices.reduce(0) { squares[$1] > squares[$0] ? $1 : $0 }
      let distances = squaredDistances(to: set.coordinates[farthest])
      squares = chosen.isEmpty ? distances : zip(squares, distances).map(min)
      chosen.append(farthest)
    }
    return chosen
  }

  /// The mean of some points, rounded to the grid, halves upward.
  private func mean(_ members: [Int]) -> [Int] {
    let weight = members.reduce(0) { $0 + set.weights[$1] }
    return (0..<set.dimension).map { plane in
      let sum = members.reduce(0) { $0 + set.weights[$1] * set.coordinates[$1][plane] }
      return (128 * sum + weight) / (2 * weight)
    }
  }

  /// The boxes of Wu's method: of all cuts of all boxes, the one that lowers inertia most, again and again.
  private func boxes() -> [[Int]] {
    var boxes = [Array(0..<set.count)]
    while boxes.count < count {
      let cuts = boxes.map(bestCut)
      let best = boxes.indices.reduce(0) { cuts[$1].gain > cuts[$0].gain ? $1 : $0 }
      let isLower = { (point: Int) in set.coordinates[point][cuts[best].plane] < cuts[best].threshold }
      boxes.replaceSubrange(
        best...best, with: [boxes[best].filter(isLower), boxes[best].filter { !isLower($0) }])
    }
    return boxes
  }

  private func bestCut(_ box: [Int]) -> (gain: Double, plane: Int, threshold: Int) {
    var best = (gain: -1.0, plane: 0, threshold: 0)
    for plane in 0..<set.dimension {
      for threshold in Set(box.map { set.coordinates[$0][plane] }).sorted().dropFirst() {
        let lower = box.filter { set.coordinates[$0][plane] < threshold }
        let upper = box.filter { set.coordinates[$0][plane] >= threshold }
        let gain = inertia(box) - inertia(lower) - inertia(upper)
        // Beyond the error of a Double, so that an equal cut further on does not count as better.
        if gain > best.gain + 1e-6 * max(1, best.gain) {
          best = (gain, plane, threshold)
        }
      }
    }
    return best
  }

  /// The weighted sum of squared distances of some points from their mean, exact but for the last division.
  private func inertia(_ members: [Int]) -> Double {
    let weight = Int128(members.reduce(0) { $0 + set.weights[$1] })
    var sum = Int128(0)
    for plane in 0..<set.dimension {
      var first = Int128(0)
      var second = Int128(0)
      for point in members {
        let coordinate = Int128(set.coordinates[point][plane])
        first += Int128(set.weights[point]) * coordinate
        second += Int128(set.weights[point]) * coordinate * coordinate
      }
      sum += second * weight - first * first
    }
    return Double(sum) / Double(weight)
  }
}
