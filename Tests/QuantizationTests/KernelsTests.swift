import CKernels
import Clustering
import Memory
import Testing

/// Whatever this machine's vectors are, the kernels give what the code for every machine gives.
struct KernelsTests {
  /// Cells and centroids at random, some of them equal.
  private struct Task {
    var planes: [Float]
    var weights: [Float]
    var moments: [Float]
    var centroids: [Float]
    let cellCount: Int
    let centroidCount: Int
    let stride: Int

    init(_ cellCount: Int, _ centroidCount: Int, dimension: Int, _ generator: inout SplitMix64) {
      self.cellCount = cellCount
      self.centroidCount = centroidCount
      stride = (centroidCount + 7) / 8 * 8
      planes = (0..<cellCount * dimension).map { _ in Float(generator.draw(below: 500)) / 3 }
      weights = (0..<cellCount).map { _ in Float(generator.draw(below: 100)) }
      centroids = (0..<stride * dimension).map { _ in Float(generator.draw(below: 50)) * 3 }
      let items = kernels_moment_count(dimension)
      moments = [Float](repeating: 0, count: items * cellCount)
      for cell in 0..<cellCount {
        moments[items * cell] = weights[cell]
        for plane in 0..<dimension {
          moments[items * cell + plane + 1] = weights[cell] * planes[plane * cellCount + cell]
        }
      }
    }
  }

  /// Calls `body` with the cells and the centroids as the kernels take them.
  private func with<Result>(
    _ task: Task, dimension: Int, _ body: (kernels_cells, kernels_centroids) -> Result
  ) -> Result {
    task.planes.withUnsafeBufferPointer { planes in
      task.weights.withUnsafeBufferPointer { weights in
        task.centroids.withUnsafeBufferPointer { centroids in
          body(
            kernels_cells(
              planes: planes.baseAddress, stride: task.cellCount, weights: weights.baseAddress,
              count: task.cellCount, dimension: dimension),
            kernels_centroids(
              planes: centroids.baseAddress, stride: task.stride, count: task.centroidCount))
        }
      }
    }
  }

  /// The labels of cells, and the sums of moments that agree with them.
  private struct Sums: Equatable {
    var labels: [Int32]
    var sums: [Double]

    /// No cell has a label.
    init(_ task: Task, dimension: Int) {
      labels = [Int32](repeating: -1, count: task.cellCount)
      sums = [Double](repeating: 0, count: kernels_moment_count(dimension) * task.centroidCount)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8])
  func sumsAreThoseOfTheBaseline(dimension: Int) {
    var generator = SplitMix64(seed: 1)
    let items = kernels_moment_count(dimension)
    for (cellCount, centroidCount) in [(8, 1), (16, 2), (264, 7), (2048, 30)] {
      var task = Task(cellCount, centroidCount, dimension: dimension, &generator)
      var (best, baseline) = (Sums(task, dimension: dimension), Sums(task, dimension: dimension))
      // The second time, some cells have other centroids.
      for _ in 0..<2 {
        let inertias = with(task, dimension: dimension) { cells, centroids in
          [
            kernels_add_up(cells, task.moments, centroids, &best.labels, &best.sums),
            kernels_add_up_baseline(cells, task.moments, centroids, &baseline.labels, &baseline.sums),
          ]
        }
        #expect(inertias[0] == inertias[1])
        #expect(best == baseline)
        #expect(best.sums == sums(best.labels, task, dimension: dimension))
        let weight = Double(task.weights.reduce(0, +))
        #expect((0..<centroidCount).reduce(0) { $0 + best.sums[items * $1] } == weight)
        for place in 0..<min(3, task.centroids.count) { task.centroids[place] += 9 }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8])
  func cellsMoveFromSumToSum(dimension: Int) {
    var generator = SplitMix64(seed: 4)
    let task = Task(264, 7, dimension: dimension, &generator)
    var (best, baseline) = (Sums(task, dimension: dimension), Sums(task, dimension: dimension))
    let count = task.cellCount
    for step in 0..<3 {
      let winners: [Int32] = (0..<count).map { cell in
        let moved = cell % 50 == 0 ? step : 0
        return Int32((cell / 9 + moved) % 7)
      }
      kernels_relabel(dimension, count, winners, &best.labels, task.moments, &best.sums)
      kernels_relabel_baseline(dimension, count, winners, &baseline.labels, task.moments, &baseline.sums)
      #expect(best == baseline)
      #expect(best.labels == winners)
      #expect(best.sums == sums(winners, task, dimension: dimension))
    }
  }

  /// The sums of moments, cell by cell. A moment has 24 significant bits and is less than 2^15, so the sums are exact.
  private func sums(_ labels: [Int32], _ task: Task, dimension: Int) -> [Double] {
    let items = kernels_moment_count(dimension)
    var sums = [Double](repeating: 0, count: items * task.centroidCount)
    for (cell, label) in labels.enumerated() {
      for item in 0..<items {
        sums[items * Int(label) + item] += Double(task.moments[items * cell + item])
      }
    }
    return sums
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8], [false, true])
  func labelsAreThoseOfTheBaseline(dimension: Int, wantsSecond: Bool) throws {
    var generator = SplitMix64(seed: 2)
    for (cellCount, centroidCount) in [(8, 2), (264, 7), (2048, 30)] {
      let task = Task(cellCount, centroidCount, dimension: dimension, &generator)
      let numbers = (0..<Int32(centroidCount)).map { 3 * $0 }
      let found = try [kernels_label, kernels_label_baseline].map { label in
        let none = [Int32](repeating: -1, count: cellCount)
        let (nearest, second) = (try Storage(none), try Storage(none))
        let (nearestSquares, secondSquares) = (
          try Storage<Float>(count: cellCount), try Storage<Float>(count: cellCount)
        )
        let inertia = with(task, dimension: dimension) { cells, centroids in
          label(
            cells, centroids, numbers,
            kernels_labels(labels: nearest.base, squares: nearestSquares.base),
            wantsSecond
              ? kernels_labels(labels: second.base, squares: secondSquares.base) : kernels_labels())
        }
        return (
          inertia: inertia, labels: [nearest.values, second.values],
          squares: [nearestSquares.values, secondSquares.values]
        )
      }
      #expect(found[0].inertia == found[1].inertia)
      #expect(found[0].labels == found[1].labels)
      #expect(found[0].squares == found[1].squares)
      #expect(found[0].labels[0].allSatisfy { $0 >= 0 && $0 % 3 == 0 })
      #expect(found[0].labels[1].contains(-1) != wantsSecond)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8], [false, true])
  func distancesAreThoseOfTheBaseline(dimension: Int, wantsSecond: Bool) {
    var generator = SplitMix64(seed: 3)
    for centroidCount in [2, 7, 8, 9, 30] {
      let task = Task(8, centroidCount, dimension: dimension, &generator)
      var squares = [[Float]](repeating: [Float](repeating: -1, count: task.stride), count: 2)
      let lowest = with(task, dimension: dimension) { cells, centroids in
        [
          kernels_measure(centroids, dimension, cells.planes, cells.stride, wantsSecond ? 1 : 0, &squares[0]),
          kernels_measure_baseline(
            centroids, dimension, cells.planes, cells.stride, wantsSecond ? 1 : 0, &squares[1]),
        ]
      }
      #expect(lowest[0] == lowest[1])
      #expect(squares[0] == squares[1])
      #expect(lowest[0] == squares[0].sorted()[wantsSecond ? 1 : 0])
      #expect(squares[0][centroidCount...].allSatisfy { $0 == .infinity })
    }
  }
}
