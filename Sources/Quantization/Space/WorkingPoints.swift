/// The tuples of an image as points of a color space, on a grid so fine that hardly two share one; where opacity
/// matters, the opaque ones behind the others.
final class WorkingPoints {
  let model: ColorModel
  let points: Points

  /// The first of the opaque points; as many as there are points if none is opaque, or if that does not matter.
  let firstOpaque: Int

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
    let count = weights.elements.count
    let dimension = model.dimension
    let code = MortonCode(layout: TupleLayout(depth: dimension, maxval: Self.upperBound))
    let codes = try Self.codes(of: tuples, count, in: model, code, threadCount: threadCount)
    let places = try Self.sortedDistinct(codes)
    let pointCount = places.elements.count
    let tupleAtPlace = try Storage<UInt32>(count: pointCount)
    let weightAtPlace = try Storage<Int>(count: pointCount)
    numbers = try Storage(count: count)
    for tuple in 0..<count {
      let place = places.elements.partitioningIndex { $0 >= codes.base[tuple] }
      numbers.base[tuple] = UInt32(truncatingIfNeeded: place)
      let other = Int(tupleAtPlace.base[place])
      let isFirst = weightAtPlace.base[place] == 0
      if isFirst || model.isOpaque(tuples, tuple) && !model.isOpaque(tuples, other) {
        tupleAtPlace.base[place] = UInt32(truncatingIfNeeded: tuple)
      }
      weightAtPlace.base[place] += weights.base[tuple]
    }
    let pointAtPlace = try Storage<UInt32>(count: pointCount)
    firstOpaque = Self.number(pointAtPlace) { model.isOpaque(tuples, Int(tupleAtPlace.base[$0])) }
    for tuple in 0..<count {
      numbers.base[tuple] = pointAtPlace.base[Int(numbers.base[tuple])]
    }
    representatives = try Storage(count: pointCount)
    let sums = try Storage<Int>(count: pointCount)
    let coordinates = try Storage<UInt16>(count: dimension * pointCount)
    for place in 0..<pointCount {
      let point = Int(pointAtPlace.base[place])
      representatives.base[point] = tupleAtPlace.base[place]
      sums.base[point] = weightAtPlace.base[place]
      for plane in 0..<dimension {
        coordinates.base[plane * pointCount + point] = code.sample(places.elements[place], plane: plane)
      }
    }
    points = Points(
      count: pointCount, dimension: dimension, upperBound: Self.upperBound, coordinates: coordinates,
      weights: sums, secondPart: (1..<pointCount).contains(firstOpaque) ? firstOpaque : nil)
  }

  /// The Morton codes of tuples.
  private static func codes(
    of tuples: Storage<UInt16>, _ count: Int, in model: ColorModel, _ code: MortonCode, threadCount: Int
  ) throws -> Storage<UInt64> {
    let codes = try Storage<UInt64>(count: count)
    let jobCount = (count + tuplesPerJob - 1) / tuplesPerJob
    code.withContributions { parts in
      nonisolated(unsafe) let parts = parts
      withWorkers(threadCount, sharing: jobCount) { _, job in
        for tuple in job * tuplesPerJob..<min((job + 1) * tuplesPerJob, count) {
          let place = model.coordinates(tuples.base + tuple * model.layout.depth, stride: 1)
          codes.base[tuple] = Self.code(model.onGrid(place), model.dimension, parts)
        }
      }
    }
    return codes
  }

  /// The different ones of some codes, in order.
  private static func sortedDistinct(_ codes: Storage<UInt64>) throws -> Storage<UInt64> {
    let sorted = try Storage<UInt64>(count: codes.elements.count)
    _ = sorted.elements.update(fromContentsOf: codes.elements)
    try sortByRadix(sorted.elements)
    var count = 0
    for code in sorted.elements where count == 0 || code != sorted.base[count - 1] {
      sorted.base[count] = code
      count += 1
    }
    guard count < sorted.elements.count else { return sorted }
    let distinct = try Storage<UInt64>(count: count)
    distinct.base.update(from: sorted.base, count: count)
    return distinct
  }

  /// Gives each place the number of its point: those that are opaque come last; returns the first number of theirs.
  private static func number(_ points: Storage<UInt32>, isOpaque: (Int) -> Bool) -> Int {
    let count = points.elements.count
    let firstOpaque = (0..<count).reduce(0) { $0 + (isOpaque($1) ? 0 : 1) }
    var next = (other: 0, opaque: firstOpaque)
    for place in 0..<count {
      if isOpaque(place) {
        points.base[place] = UInt32(truncatingIfNeeded: next.opaque)
        next.opaque += 1
      } else {
        points.base[place] = UInt32(truncatingIfNeeded: next.other)
        next.other += 1
      }
    }
    return firstOpaque
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
    let grid = (place * bound).rounded(.toNearestOrAwayFromZero).clamped(
      lowerBound: .zero, upperBound: SIMD4(repeating: bound))
    var near = SIMD4<UInt16>()
    for index in 0..<4 {
      near[index] = UInt16(truncatingIfNeeded: Int32(grid[index]))
    }
    return near
  }

  /// Whether one of tuples that stand one behind the other is opaque where that matters.
  @inline(__always)
  func isOpaque(_ tuples: Storage<UInt16>, _ tuple: Int) -> Bool {
    isOpaque(Int(tuples.base[tuple * layout.depth + layout.depth - 1]))
  }
}
