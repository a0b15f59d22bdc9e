import Memory
import Workers

/// Moves centroids so that mixtures of them come close to the points, which is what a dither needs.
///
/// A dither shows a color x as a mixture: each pixel gets one of the centroids p_i, and the centroid p_i gets the share
/// a_i of the pixels. This descent lowers the weighted sum over all points, with the best shares for each, of
///
///     |x - sum of a_i p_i|^2 + noise * sum of a_i |x - p_i|^2.
///
/// The first term is the error of the mean of many pixels; the second is the error of a single pixel. The noise 1 / n^2
/// weighs them as for the means of n x n pixels that are chosen independently of each other. With infinite noise, the
/// minimum is that of k-means; with none, that of archetypal analysis (Cutler and Breiman, "Archetypal analysis",
/// Technometrics 36(4), 1994).
///
/// Shares and centroids take turns. The shares of a point are found by pairwise Frank-Wolfe steps (Lacoste-Julien and
/// Jaggi, "On the global linear convergence of Frank-Wolfe optimization variants", NIPS 2015).
package final class MixtureDescent {
  private let cells: Coreset
  private let count: Int
  private let fixedCount: Int
  private let noise: Double
  private let threadCount: Int
  private var dimension: Int { cells.dimension }

  /// The cells, counted from the middle of the grid: coordinate `d` of cell `c` at `c * dimension + d`.
  private let points: Storage<Double>

  /// The centroids, counted from the middle of the grid, plane by plane, `stride` apart, and the squares of their
  /// distances from the middle. Padding is infinitely far away.
  private let centroids: Storage<Double>
  private let squares: Storage<Double>
  private let stride: Int

  /// Each cell minus its mixture: coordinate `d` of cell `c` at `c * dimension + d`.
  private let rests: Storage<Double>

  /// The centroids that each cell mixes, `supportLimit` for each cell, and their shares. A share of 0 is unused.
  private let supports: Storage<Int32>
  private let shares: Storage<Double>

  /// For each centroid its places in `supports`: those of centroid k start at `order[starts[k]]`.
  private let order: Storage<Int32>
  private let starts: Storage<Int>

  /// Maximum number of centroids that a cell mixes. More than one for each coordinate and one more are never needed.
  private let supportLimit: Int

  /// Chooses centroids for mixtures.
  ///
  /// - Parameters:
  ///   - forest: The points.
  ///   - centroids: The centroids of k-means, fixed ones first.
  ///   - side: The side, in pixels, of the squares whose means count, at least 1.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: As many centroids. The fixed ones stay. If there are more than 1024, all stay.
  /// - Throws: `OutOfMemory`.
  package static func centroids(
    _ forest: AnyPointTree, from centroids: Centroids, side: Int, threadCount: Int
  ) throws -> Centroids {
    guard centroids.count <= countLimit else { return centroids }
    return switch forest {
    case .float(let tree): try best(tree, centroids, side: side, threadCount: threadCount)
    case .double(let tree): try best(tree, centroids, side: side, threadCount: threadCount)
    }
  }

  /// The better of two descents: from the centroids of k-means, and from points far from each other.
  private static func best<Scalar: ExactScalar>(
    _ tree: PointTree<Scalar>, _ centroids: Centroids, side: Int, threadCount: Int
  ) throws -> Centroids {
    let cells = try Coreset(tree, count: cellCount)
    let freeCount = centroids.count - centroids.fixedCount
    let middle = gridMiddle(upperBound: tree.points.upperBound)
    var generator = SplitMix64(seed: 1)
    var starts = [centroids]
    // If points have two parts, a centroid keeps its part, so all have to be those of k-means.
    if freeCount > 0, tree.points.count > centroids.count, tree.points.secondPart == nil {
      let fixed = try centroids.fixedOnGrid()
      starts.append(
        try Start(tree: tree, count: freeCount, fixed: fixed).centroids(.maximin, using: &generator)
          .following(fixed))
    }
    var best: (error: Double, centroids: Centroids)?
    for start in starts {
      let descent = try MixtureDescent(cells, start, Double(middle), side: side, threadCount: threadCount)
      let error = try descent.run()
      if error < best?.error ?? .infinity {
        best = (error, try descent.rounded(like: start, Double(middle)))
      }
    }
    return best?.centroids ?? centroids
  }

  private init(
    _ cells: Coreset, _ start: Centroids, _ middle: Double, side: Int, threadCount: Int
  ) throws {
    self.cells = cells
    self.threadCount = threadCount
    count = start.count
    fixedCount = start.fixedCount
    noise = 1 / (Double(side) * Double(side))
    supportLimit = min(cells.dimension + 5, count)
    stride = (count + 7) / 8 * 8
    centroids = try Storage(count: stride * cells.dimension)
    squares = try Storage(count: stride)
    points = try Storage(count: cells.count * cells.dimension)
    rests = try Storage(count: cells.count * cells.dimension)
    supports = try Storage(count: cells.count * supportLimit)
    shares = try Storage(count: cells.count * supportLimit)
    order = try Storage(count: cells.count * supportLimit)
    starts = try Storage(count: count + 2)
    let unit = Double(1 << start.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<dimension {
        centroids.base[plane * stride + centroid] = Double(start.position(centroid)[plane]) / unit - middle
      }
    }
    for cell in 0..<cells.count {
      for plane in 0..<dimension {
        points.base[cell * dimension + plane] = Double(cells.planes.base[plane * cells.stride + cell])
      }
    }
    for cell in 0..<cells.count {
      let nearest = (0..<count).min { squaredDistance(cell, $0) < squaredDistance(cell, $1) } ?? 0
      supports.base[cell * supportLimit] = Int32(truncatingIfNeeded: nearest)
      shares.base[cell * supportLimit] = 1
    }
  }

  /// Descends until a round lowers the error by less than a part of it; returns the error. With more centroids, a round
  /// takes longer and the part is larger.
  private func run() throws -> Double {
    let leastGain = min(1e-5 * Double(count), 1e-3)
    var last = Double.infinity
    for _ in 0..<Self.roundLimit {
      mixAll()
      sortSupports()
      for centroid in fixedCount..<count {
        move(centroid)
      }
      let error = error()
      guard last - error > leastGain * error else { return error }
      last = error
    }
    return last
  }

  /// The sum that the descent lowers.
  private func error() -> Double {
    var sum = 0.0
    for cell in 0..<cells.count {
      var error = 0.0
      for plane in 0..<dimension {
        let rest = rests.base[cell * dimension + plane]
        error += rest * rest
      }
      for place in cell * supportLimit..<(cell + 1) * supportLimit where shares.base[place] > 0 {
        error += noise * shares.base[place] * squaredDistance(cell, Int(supports.base[place]))
      }
      sum += Double(cells.weights.base[cell]) * error
    }
    return sum
  }

  /// Improves the shares of all cells.
  private func mixAll() {
    measureSquares()
    let length = Self.cellsPerJob
    withWorkers(threadCount, sharing: (cells.count + length - 1) / length) { _, job in
      for cell in job * length..<min((job + 1) * length, cells.count) {
        measureRest(cell)
        for _ in 0..<Self.stepLimit {
          guard shift(cell) else { break }
        }
      }
    }
  }

  private func measureSquares() {
    for centroid in 0..<stride {
      var square = centroid < count ? 0.0 : .infinity
      for plane in 0..<dimension {
        let coordinate = centroids.base[plane * stride + centroid]
        square += coordinate * coordinate
      }
      squares.base[centroid] = square
    }
  }

  private func measureRest(_ cell: Int) {
    for plane in 0..<dimension {
      var rest = points.base[cell * dimension + plane]
      for place in cell * supportLimit..<(cell + 1) * supportLimit {
        rest -= shares.base[place] * centroids.base[plane * stride + Int(supports.base[place])]
      }
      rests.base[cell * dimension + plane] = rest
    }
  }

  /// Moves share from the worst centroid of a cell's mixture to the best one of all; returns whether that helps.
  private func shift(_ cell: Int) -> Bool {
    let best = steepest(cell)
    var worst = (place: 0, slope: -Double.infinity)
    var room: Int?
    for place in cell * supportLimit..<(cell + 1) * supportLimit {
      let centroid = Int(supports.base[place])
      if centroid == best.centroid && shares.base[place] > 0 {
        room = place
        continue
      }
      guard shares.base[place] > 0 else {
        room = room ?? place
        continue
      }
      let slope = slope(cell, centroid)
      if slope > worst.slope { worst = (place, slope) }
    }
    guard worst.slope > best.slope, let room else { return false }
    let (from, to) = (Int(supports.base[worst.place]), best.centroid)
    var square = 0.0
    for plane in 0..<dimension {
      let way = centroids.base[plane * stride + to] - centroids.base[plane * stride + from]
      square += way * way
    }
    guard square > 0 else { return false }
    let step = min((worst.slope - best.slope) / (2 * square), shares.base[worst.place])
    guard step > Self.leastStep else { return false }
    shares.base[worst.place] -= step
    if Int(supports.base[room]) != best.centroid || shares.base[room] == 0 {
      supports.base[room] = Int32(truncatingIfNeeded: best.centroid)
      shares.base[room] = 0
    }
    shares.base[room] += step
    for plane in 0..<dimension {
      let way = centroids.base[plane * stride + to] - centroids.base[plane * stride + from]
      rests.base[cell * dimension + plane] -= step * way
    }
    return true
  }

  /// The slope of a cell's error along the share of a centroid, apart from a part that is the same for all centroids:
  /// `noise` p^2 - 2 (r + `noise` x) p for the centroid p, the cell x and its rest r.
  private func slope(_ cell: Int, _ centroid: Int) -> Double {
    var slope = noise * squares.base[centroid]
    for plane in 0..<dimension {
      slope -= 2 * direction(cell, plane) * centroids.base[plane * stride + centroid]
    }
    return slope
  }

  @inline(__always)
  private func direction(_ cell: Int, _ plane: Int) -> Double {
    rests.base[cell * dimension + plane] + noise * points.base[cell * dimension + plane]
  }

  /// The centroid with the least slope, of equals the first of the first lane.
  private func steepest(_ cell: Int) -> (centroid: Int, slope: Double) {
    typealias Vector = SIMD8<Double>
    var lowest = Vector(repeating: .infinity)
    var numbers = Vector.MaskStorage(repeating: 0)
    for first in Swift.stride(from: 0, to: stride, by: 8) {
      var slopes = noise * load(squares.base + first)
      for plane in 0..<dimension {
        slopes -= 2 * direction(cell, plane) * load(centroids.base + plane * stride + first)
      }
      let isLower = slopes .< lowest
      lowest.replace(with: slopes, where: isLower)
      numbers.replace(with: Vector.MaskStorage(repeating: Int64(first)), where: isLower)
    }
    var lane = 0
    for other in 1..<8 where lowest[other] < lowest[lane] { lane = other }
    return (Int(numbers[lane]) + lane, lowest[lane])
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Double>.self)
  }

  /// Lists the places of each centroid in `supports`.
  private func sortSupports() {
    starts.elements.update(repeating: 0)
    let placeCount = cells.count * supportLimit
    for place in 0..<placeCount where shares.base[place] > 0 {
      starts.base[Int(supports.base[place]) + 2] += 1
    }
    for centroid in 0..<count {
      starts.base[centroid + 2] += starts.base[centroid + 1]
    }
    for place in 0..<placeCount where shares.base[place] > 0 {
      let next = Int(supports.base[place]) + 1
      order.base[starts.base[next]] = Int32(truncatingIfNeeded: place)
      starts.base[next] += 1
    }
  }

  /// Moves a centroid to its best position for the current shares, within the grid.
  private func move(_ centroid: Int) {
    let places = starts.base[centroid]..<starts.base[centroid + 1]
    var weight = 0.0
    for index in places {
      let place = Int(order.base[index])
      let share = shares.base[place]
      weight += Double(cells.weights.base[place / supportLimit]) * share * (share + noise)
    }
    guard weight > 0 else { return }
    for plane in 0..<dimension {
      let old = centroids.base[plane * stride + centroid]
      var sum = 0.0
      for index in places {
        let place = Int(order.base[index])
        let (cell, share) = (place / supportLimit, shares.base[place])
        let wanted = rests.base[cell * dimension + plane] + share * old
        sum +=
          Double(cells.weights.base[cell]) * share * (wanted + noise * points.base[cell * dimension + plane])
      }
      let new = min(max(sum / weight, Double(cells.bounds.lowerBound)), Double(cells.bounds.upperBound))
      centroids.base[plane * stride + centroid] = new
      for index in places {
        let place = Int(order.base[index])
        rests.base[place / supportLimit * dimension + plane] += shares.base[place] * (old - new)
      }
    }
  }

  private func squaredDistance(_ cell: Int, _ centroid: Int) -> Double {
    var square = 0.0
    for plane in 0..<dimension {
      let way = points.base[cell * dimension + plane] - centroids.base[plane * stride + centroid]
      square += way * way
    }
    return square
  }

  /// The centroids as fixed-point numbers.
  private func rounded(like start: Centroids, _ middle: Double) throws -> Centroids {
    let rounded = try Centroids(
      count: count, dimension: dimension, fractionBits: start.fractionBits, fixedCount: fixedCount)
    let unit = Double(1 << start.fractionBits)
    for centroid in 0..<count {
      for plane in 0..<dimension {
        let coordinate = centroids.base[plane * stride + centroid] + middle
        rounded.position(centroid)[plane] = Int32((coordinate * unit).rounded())
      }
    }
    return rounded
  }

  /// Maximum number of centroids. Errors between more of them are small, and the descent would take minutes.
  private static let countLimit = 1024

  /// Approximate number of cells.
  private static let cellCount = 2048

  /// Number of cells that a worker mixes at a time.
  private static let cellsPerJob = 64

  /// Maximum number of rounds.
  private static let roundLimit = 200

  /// Maximum number of steps of a cell in a round, and the smallest share that is moved.
  private static let stepLimit = 16
  private static let leastStep = 1e-6
}

extension Centroids {
  /// The positions of the fixed centroids on the points' grid; nil if there is none.
  fileprivate func fixedOnGrid() throws -> Centroids? {
    guard fixedCount > 0 else { return nil }
    let fixed = try Centroids(count: fixedCount, dimension: dimension, fractionBits: 0)
    for place in 0..<fixedCount * dimension {
      fixed.coordinates.base[place] = coordinates.base[place] >> Int32(fractionBits)
    }
    return fixed
  }
}
