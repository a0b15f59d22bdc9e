/// The direction of the largest variance of a cluster's cells, and the cut perpendicular to it.
package struct PrincipalAxis {
  private typealias Vector = SIMD8<Float>

  private let runs: ClusterRuns
  private let cluster: Int
  private let run: Range<Int>
  private let dimension: Int
  private var weight: Float = 0
  private var mean: [Float]
  private var axis: [Float]

  /// Finds the axis by the power method, starting from the plane of largest variance.
  ///
  /// - Parameters:
  ///   - runs: The cells, sorted by cluster.
  ///   - cluster: The number of the cluster.
  package init(_ runs: ClusterRuns, cluster: Int) {
    self.runs = runs
    self.cluster = cluster
    run = runs.run(cluster)
    dimension = runs.cells.dimension
    mean = Array(repeating: 0, count: dimension)
    axis = mean
    measureMean()
    guard dimension <= Self.dimensionLimit else {
      let variances = (0..<dimension).map { covariance($0, $0) }
      axis[variances.indices.max { variances[$0] < variances[$1] } ?? 0] = 1
      return
    }
    let matrix = covariances()
    let variances = (0..<dimension).map { matrix[$0 * dimension + $0] }
    let widest = variances.indices.max { variances[$0] < variances[$1] } ?? 0
    axis = (0..<dimension).map { matrix[widest * dimension + $0] }
    for _ in 0..<Self.powerIterations {
      multiply(by: matrix)
    }
  }

  /// Number of iterations of the power method. A rough axis is enough, because k-means iterations correct the cut.
  private static let powerIterations = 4

  /// One coordinate of the eight cells from `place` on.
  @inline(__always)
  private func coordinates(_ plane: Int, _ place: Int) -> Vector {
    UnsafeRawPointer(runs.planes.base + (plane &* runs.stride &+ place)).loadUnaligned(as: Vector.self)
  }

  /// The weights of the eight cells from `place` on.
  @inline(__always)
  private func weights(_ place: Int) -> Vector {
    UnsafeRawPointer(runs.weights.base + place).loadUnaligned(as: Vector.self)
  }

  private mutating func measureMean() {
    let sum = runs.sums.base + cluster * runs.cells.momentCount
    weight = Float(sum[0])
    for plane in 0..<dimension where weight > 0 {
      mean[plane] = Float(sum[plane + 1] / sum[0])
    }
  }

  /// Maximum number of dimensions for the power method. In more dimensions, the plane of largest variance is used as
  /// the axis, since time and memory for the covariances grow with the square of their number.
  private static let dimensionLimit = 16

  private func covariance(_ row: Int, _ column: Int) -> Float {
    var sum = Vector(repeating: 0)
    for place in Swift.stride(from: run.lowerBound, to: run.upperBound, by: 8) {
      let way = coordinates(row, place) - mean[row]
      sum += weights(place) * way * (coordinates(column, place) - mean[column])
    }
    return sum.sum()
  }

  private func covariances() -> [Float] {
    var matrix = [Float](repeating: 0, count: dimension * dimension)
    for row in 0..<dimension {
      for column in row..<dimension {
        matrix[row * dimension + column] = covariance(row, column)
        matrix[column * dimension + row] = matrix[row * dimension + column]
      }
    }
    return matrix
  }

  private mutating func multiply(by matrix: [Float]) {
    let largest = axis.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return }
    let unit = axis.map { $0 / largest }
    for row in 0..<dimension {
      var sum: Float = 0
      for column in 0..<dimension {
        sum += matrix[row * dimension + column] * unit[column]
      }
      axis[row] = sum
    }
  }

  /// Cuts the cells in two at their mean, perpendicular to the axis.
  ///
  /// - Parameter halves: Receives the means of the two parts, one after the other.
  /// - Returns: How much inertia falls with centroids at these means; 0 if a part is empty.
  package mutating func cut(into halves: UnsafeMutablePointer<Float>) -> Float {
    // Both parts are summed separately. If one were the whole minus the other, rounding errors of a heavy part would
    // shift the mean of a light one.
    var sums = [Vector](repeating: Vector(repeating: 0), count: 2 * dimension)
    var upper = Vector(repeating: 0)
    var lower = Vector(repeating: 0)
    for place in Swift.stride(from: run.lowerBound, to: run.upperBound, by: 8) {
      var projection = Vector(repeating: 0)
      for plane in 0..<dimension {
        projection += (coordinates(plane, place) - mean[plane]) * axis[plane]
      }
      let isUpper = projection .> 0
      let share = weights(place)
      let upperShare = share.replacing(with: 0, where: .!isUpper)
      let lowerShare = share.replacing(with: 0, where: isUpper)
      upper += upperShare
      lower += lowerShare
      for plane in 0..<dimension {
        let way = coordinates(plane, place) - mean[plane]
        sums[plane] += way * upperShare
        sums[dimension + plane] += way * lowerShare
      }
    }
    let (upperWeight, lowerWeight) = (upper.sum(), lower.sum())
    guard upperWeight > 0 && lowerWeight > 0 else { return 0 }
    var square: Float = 0
    for plane in 0..<dimension {
      let above = sums[plane].sum() / upperWeight
      let below = sums[dimension + plane].sum() / lowerWeight
      halves[plane] = mean[plane] + above
      halves[dimension + plane] = mean[plane] + below
      square += (above - below) * (above - below)
    }
    return upperWeight * lowerWeight / weight * square
  }
}
