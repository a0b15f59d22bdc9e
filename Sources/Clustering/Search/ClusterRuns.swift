import CKernels
import Memory

/// The cells of a coreset, sorted by cluster.
///
/// The cells of each cluster are a run, padded with cells of weight 0 to a multiple of eight. So no vector of eight
/// contains cells of two clusters.
package final class ClusterRuns {
  package let cells: Coreset

  /// The cells' coordinates, plane by plane, `stride` apart; then their weights and moments in the form of `Coreset`.
  let planes: Storage<Float>
  let stride: Int
  let weights: Storage<Float>
  let moments: Storage<Float>

  /// For each cluster, the sum of the moments of its cells.
  let sums: Storage<Double>

  /// `starts` is the start of each cluster's run, then the end of the last run; `ends` is the end of each cluster's
  /// cells without padding.
  private let starts: Storage<Int>
  private let ends: Storage<Int>

  /// Number of clusters.
  let count: Int

  /// Reserves memory; all clusters are empty.
  ///
  /// - Parameters:
  ///   - cells: The cells.
  ///   - count: Number of clusters.
  /// - Throws: `OutOfMemory`.
  package init(_ cells: Coreset, count: Int) throws {
    self.cells = cells
    self.count = count
    stride = (cells.count + 7) / 8 * 8 + 8 * count
    planes = try Storage(count: cells.dimension * stride)
    weights = try Storage(count: stride)
    moments = try Storage(count: cells.momentCount * stride)
    sums = try Storage(count: cells.momentCount * count)
    starts = try Storage(count: count + 1)
    ends = try Storage(count: count)
  }

  /// The indices of a cluster's cells, padding included; their number is a multiple of eight.
  func run(_ cluster: Int) -> Range<Int> {
    starts.base[cluster]..<starts.base[cluster + 1]
  }

  /// Sorts the cells by cluster in O(*n*).
  ///
  /// - Parameter labels: The number of each cell's cluster.
  package func sort(by labels: UnsafePointer<Int32>) {
    let ends = self.ends.base
    ends.update(repeating: 0, count: count)
    for cell in 0..<cells.count {
      ends[Int(labels[cell])] += 1
    }
    for cluster in 0..<count {
      let start = starts.base[cluster]
      starts.base[cluster + 1] = start + (ends[cluster] + 7) / 8 * 8
      ends[cluster] = start
    }
    for cell in 0..<cells.count {
      let cluster = Int(labels[cell])
      copy(cell, to: ends[cluster])
      ends[cluster] += 1
    }
    for cluster in 0..<count {
      for place in ends[cluster]..<starts.base[cluster + 1] {
        clear(place)
      }
      addUp(cluster)
    }
  }

  /// Adds up the moments of a cluster.
  private func addUp(_ cluster: Int) {
    let items = cells.momentCount
    for item in Swift.stride(from: 0, to: items, by: 4) {
      var sum = SIMD4<Double>()
      for cell in starts.base[cluster]..<ends.base[cluster] {
        let moment = UnsafeRawPointer(moments.base + (cell &* items &+ item))
        sum += SIMD4<Double>(moment.loadUnaligned(as: SIMD4<Float>.self))
      }
      let target = sums.base + (cluster * items + item)
      for lane in 0..<4 {
        target[lane] = sum[lane]
      }
    }
  }

  private func copy(_ cell: Int, to place: Int) {
    weights.base[place] = cells.weights.base[cell]
    for plane in 0..<cells.dimension {
      planes.base[plane &* stride &+ place] = cells.planes.base[plane &* cells.stride &+ cell]
    }
    for item in 0..<cells.momentCount {
      moments.base[place &* cells.momentCount &+ item] =
        cells.moments.base[cell &* cells.momentCount &+ item]
    }
  }

  private func clear(_ place: Int) {
    weights.base[place] = 0
    for plane in 0..<cells.dimension {
      planes.base[plane &* stride &+ place] = 0
    }
    for item in 0..<cells.momentCount {
      moments.base[place &* cells.momentCount &+ item] = 0
    }
  }
}
