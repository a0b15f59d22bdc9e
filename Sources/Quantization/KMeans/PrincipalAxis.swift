/// The direction in which some cells of a coreset spread most, and the cut across it.
package struct PrincipalAxis {
  private let cells: Coreset
  private let numbers: UnsafeBufferPointer<Int32>
  private var weight: Float = 0
  private var mean: [Float]
  private var axis: [Float]

  /// Finds the axis by the power method, from the plane of largest variance.
  ///
  /// - Parameters:
  ///   - cells: The coreset.
  ///   - numbers: Cells of it.
  package init(_ cells: Coreset, _ numbers: UnsafeBufferPointer<Int32>) {
    self.cells = cells
    self.numbers = numbers
    mean = Array(repeating: 0, count: cells.dimension)
    axis = mean
    measureMean()
    guard cells.dimension <= Self.dimensionLimit else {
      let variances = (0..<cells.dimension).map(variance)
      axis[variances.indices.max { variances[$0] < variances[$1] } ?? 0] = 1
      return
    }
    let covariance = self.covariance()
    let dimension = cells.dimension
    let variances = (0..<dimension).map { covariance[$0 * dimension + $0] }
    let widest = variances.indices.max { variances[$0] < variances[$1] } ?? 0
    axis = (0..<dimension).map { covariance[widest * dimension + $0] }
    for _ in 0..<Self.powerIterations {
      multiply(by: covariance)
    }
  }

  /// The cut need not be precise: what comes of it settles.
  private static let powerIterations = 4

  private func coordinate(_ plane: Int, _ number: Int32) -> Float {
    cells.planes.base[plane &* cells.stride &+ Int(number)]
  }

  private mutating func measureMean() {
    for number in numbers {
      let share = cells.weights.base[Int(number)]
      weight += share
      for plane in 0..<cells.dimension {
        mean[plane] += share * coordinate(plane, number)
      }
    }
    for plane in 0..<cells.dimension where weight > 0 {
      mean[plane] /= weight
    }
  }

  /// In more dimensions the plane of largest variance stands for the axis: time and memory of the covariance grow
  /// with their square.
  private static let dimensionLimit = 16

  private func variance(_ plane: Int) -> Float {
    var sum: Float = 0
    for number in numbers {
      let difference = coordinate(plane, number) - mean[plane]
      sum += cells.weights.base[Int(number)] * difference * difference
    }
    return sum
  }

  private func covariance() -> [Float] {
    let dimension = cells.dimension
    var covariance = [Float](repeating: 0, count: dimension * dimension)
    for number in numbers {
      for row in 0..<dimension {
        let share = cells.weights.base[Int(number)] * (coordinate(row, number) - mean[row])
        for column in row..<dimension {
          covariance[row * dimension + column] += share * (coordinate(column, number) - mean[column])
        }
      }
    }
    for row in 0..<dimension {
      for column in 0..<row {
        covariance[row * dimension + column] = covariance[column * dimension + row]
      }
    }
    return covariance
  }

  private mutating func multiply(by matrix: [Float]) {
    let largest = axis.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return }
    let unit = axis.map { $0 / largest }
    for row in 0..<unit.count {
      var sum: Float = 0
      for column in 0..<unit.count {
        sum += matrix[row * unit.count + column] * unit[column]
      }
      axis[row] = sum
    }
  }

  /// Cuts the cells through their mean, across the axis.
  ///
  /// - Parameter halves: Where the means of the two parts go, one behind the other.
  /// - Returns: By how much two centroids there lower inertia; 0 where a part would be empty.
  package mutating func cut(into halves: UnsafeMutablePointer<Float>) -> Float {
    let dimension = cells.dimension
    // Both parts added up by themselves: as the rest of the whole, what rounding takes from a heavy part would move
    // the mean of a light one.
    var sums = [Float](repeating: 0, count: 2 * dimension)
    var upperWeight: Float = 0
    var lowerWeight: Float = 0
    for number in numbers {
      var projection: Float = 0
      for plane in 0..<dimension {
        projection += axis[plane] * (coordinate(plane, number) - mean[plane])
      }
      let share = cells.weights.base[Int(number)]
      let part = projection > 0 ? 0 : dimension
      if projection > 0 {
        upperWeight += share
      } else {
        lowerWeight += share
      }
      for plane in 0..<dimension {
        sums[part + plane] += share * (coordinate(plane, number) - mean[plane])
      }
    }
    guard upperWeight > 0 && lowerWeight > 0 else { return 0 }
    var square: Float = 0
    for plane in 0..<dimension {
      let above = sums[plane] / upperWeight
      let below = sums[dimension + plane] / lowerWeight
      halves[plane] = mean[plane] + above
      halves[dimension + plane] = mean[plane] + below
      square += (above - below) * (above - below)
    }
    return upperWeight * lowerWeight / weight * square
  }
}
