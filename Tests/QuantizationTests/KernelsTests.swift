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

  @Test(arguments: [1, 2, 3, 4, 5, 8])
  func sumsAreThoseOfTheBaseline(dimension: Int) {
    var generator = SplitMix64(seed: 1)
    for (cellCount, centroidCount) in [(8, 1), (16, 2), (264, 7), (2048, 30)] {
      let task = Task(cellCount, centroidCount, dimension: dimension, &generator)
      let count = kernels_moment_count(dimension) * centroidCount
      var sums = [[Float]](repeating: [Float](repeating: 1, count: count), count: 2)
      let inertias = with(task, dimension: dimension) { cells, centroids in
        [
          kernels_add_up(cells, task.moments, centroids, &sums[0]),
          kernels_add_up_baseline(cells, task.moments, centroids, &sums[1]),
        ]
      }
      #expect(inertias[0] == inertias[1])
      #expect(sums[0] == sums[1])
      let weight = task.weights.reduce(0, +) + Float(centroidCount)
      let items = kernels_moment_count(dimension)
      #expect((0..<centroidCount).reduce(0) { $0 + sums[0][items * $1] } == weight)
    }
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
