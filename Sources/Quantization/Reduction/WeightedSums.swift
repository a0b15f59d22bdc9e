import Memory

/// For each palette entry of a mapping, the weight of its tuples, their weighted sum in each plane, and the weighted
/// sum of their squared samples. The inertia of an entry's tuples follows from these.
struct WeightedSums {
  private let sums: Storage<Double>
  private let depth: Int
  private var items: Int { depth + 2 }

  /// - Parameters:
  ///   - mapping: The entries.
  ///   - histogram: The tuples.
  ///   - weights: The weight of each tuple.
  /// - Throws: `OutOfMemory`.
  init(_ mapping: Mapping, _ histogram: Histogram, weights: Storage<Int>) throws {
    depth = histogram.layout.depth
    sums = try Storage(count: (depth + 2) * mapping.palette.count)
    let labels = try mapping.labels(of: histogram)
    for tuple in 0..<histogram.count {
      let sum = sums.base + Int(labels.base[tuple]) * (depth + 2)
      let weight = Double(weights.base[tuple])
      sum[0] += weight
      for plane in 0..<depth {
        let sample = Double(histogram.samples.base[plane * histogram.count + tuple])
        sum[plane + 1] += weight * sample
        sum[depth + 1] += weight * sample * sample
      }
    }
  }

  /// The weight of an entry.
  func weight(_ entry: Int) -> Double { sums.base[entry * items] }

  /// The inertia of an entry's tuples if they were mapped to a given color of a palette.
  func inertia(_ entry: Int, at color: Int, of palette: Palette) -> Double {
    let sum = sums.base + entry * items
    var inertia = sum[depth + 1]
    for plane in 0..<depth {
      let sample = Double(palette.sample(plane: plane, of: color))
      inertia += sample * (sum[0] * sample - 2 * sum[plane + 1])
    }
    return inertia
  }
}
