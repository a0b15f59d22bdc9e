/// The tuples of an image as points of a color space, on a grid so fine that hardly two share one.
final class WorkingPoints {
  let model: ColorModel
  let points: Points

  /// For each tuple that was taken the number of its point.
  let numbers: Storage<UInt32>

  /// For each point a tuple that lies on it, by its number among those taken: an opaque one if there is one, of several
  /// the first.
  let representatives: Storage<UInt32>

  /// The coordinates of a model's 0 and 1 on the grid.
  static var upperBound: Int { 65535 }

  /// Takes tuples.
  ///
  /// - Parameters:
  ///   - model: The space.
  ///   - tuples: The tuples, one behind the other; not none.
  ///   - weights: Their pixels, 1 or more each.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(
    _ model: ColorModel, tuples: Storage<UInt16>, weights: Storage<Int>, threadCount: Int
  ) throws {
    self.model = model
    let depth = model.layout.depth
    let count = weights.elements.count
    let dimension = model.dimension
    let code = MortonCode(layout: TupleLayout(depth: dimension, maxval: Self.upperBound))
    let codes = try Storage<UInt64>(count: count)
    let jobCount = (count + Self.tuplesPerJob - 1) / Self.tuplesPerJob
    code.withContributions { parts in
      nonisolated(unsafe) let parts = parts
      withWorkers(threadCount, sharing: jobCount) { _, job in
        for tuple in job * Self.tuplesPerJob..<min((job + 1) * Self.tuplesPerJob, count) {
          let place = model.coordinates(tuples.base + tuple * depth, stride: 1)
          codes.base[tuple] = Self.code(model.onGrid(place), dimension, parts)
        }
      }
    }
    let sorted = try Storage<UInt64>(count: count)
    sorted.base.update(from: codes.base, count: count)
    try sortByRadix(sorted.elements)
    var pointCount = 0
    for index in 0..<count where index == 0 || sorted.base[index] != sorted.base[pointCount - 1] {
      sorted.base[pointCount] = sorted.base[index]
      pointCount += 1
    }
    let different = sorted.elements[0..<pointCount]
    let coordinates = try Storage<UInt16>(count: dimension * pointCount)
    for point in 0..<pointCount {
      for plane in 0..<dimension {
        coordinates.base[plane * pointCount + point] = code.sample(sorted.base[point], plane: plane)
      }
    }
    let sums = try Storage<Int>(count: pointCount)
    numbers = try Storage(count: count)
    representatives = try Storage(count: pointCount)
    for tuple in 0..<count {
      let point = different.partitioningIndex { $0 >= codes.base[tuple] }
      numbers.base[tuple] = UInt32(truncatingIfNeeded: point)
      let other = Int(representatives.base[point])
      if sums.base[point] == 0 || model.isOpaque(tuples, tuple) && !model.isOpaque(tuples, other) {
        representatives.base[point] = UInt32(truncatingIfNeeded: tuple)
      }
      sums.base[point] += weights.base[tuple]
    }
    points = Points(
      count: pointCount, dimension: dimension, upperBound: Self.upperBound, coordinates: coordinates,
      weights: sums)
  }

  private static let tuplesPerJob = 4096

  @inline(__always)
  private static func code(
    _ place: SIMD4<UInt16>, _ dimension: Int, _ parts: UnsafePointer<UInt64>
  ) -> UInt64 {
    var code: UInt64 = 0
    for plane in 0..<dimension {
      code |= parts[512 &* plane &+ Int(place[plane] >> 8)]
      code |= parts[512 &* plane &+ 256 &+ Int(place[plane] & 0xff)]
    }
    return code
  }
}

extension ColorModel {
  /// Coordinates on the grid of the working points.
  @inline(__always)
  func onGrid(_ place: SIMD4<Double>) -> SIMD4<UInt16> {
    let bound = Double(WorkingPoints.upperBound)
    return SIMD4<UInt16>(
      (place * bound).rounded(.toNearestOrAwayFromZero).clamped(
        lowerBound: .zero, upperBound: SIMD4(repeating: bound)))
  }

  /// Whether one of tuples that stand one behind the other is opaque where that matters.
  @inline(__always)
  func isOpaque(_ tuples: Storage<UInt16>, _ tuple: Int) -> Bool {
    isOpaque(Int(tuples.base[tuple * layout.depth + layout.depth - 1]))
  }
}
