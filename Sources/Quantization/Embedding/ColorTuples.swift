import Clustering
import Memory
import Workers

/// Tuples of an image as points of a color space. The grid is so fine that few tuples share a point.
///
/// If opacity is premultiplied, the opaque points follow the others.
final class ColorTuples: EmbeddedTuples {
  let embedding: ColorEmbedding
  let points: Points

  /// The first opaque point; the number of points if there is none or if opacity is not premultiplied.
  let firstOpaque: Int

  /// The point of each member.
  private let numbers: Storage<UInt32>

  /// A member at each point: the first opaque one, or else the first.
  private let representatives: Storage<UInt32>

  /// The members' samples, tuple by tuple.
  private let tuples: Storage<UInt16>

  /// The grid coordinate of 1 in the color space.
  static var upperBound: Int { 65535 }

  /// Embeds tuples.
  ///
  /// - Parameters:
  ///   - embedding: The color space.
  ///   - tuples: The samples of the members, tuple by tuple; at least one tuple.
  ///   - weights: The weight of each member, at least 1.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  init(
    _ embedding: ColorEmbedding, tuples: Storage<UInt16>, weights: Storage<Int>, threadCount: Int
  ) throws {
    self.embedding = embedding
    self.tuples = tuples
    let count = tuples.elements.count / embedding.layout.depth
    let dimension = embedding.dimension
    let code = MortonCode(layout: TupleLayout(depth: dimension, maxval: Self.upperBound))
    let codes = try Self.codes(of: tuples, count, in: embedding, code, threadCount: threadCount)
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
      if isFirst || embedding.isOpaque(tuples, tuple) && !embedding.isOpaque(tuples, other) {
        tupleAtPlace.base[place] = UInt32(truncatingIfNeeded: tuple)
      }
      weightAtPlace.base[place] += weights.base[tuple]
    }
    let pointAtPlace = try Storage<UInt32>(count: pointCount)
    firstOpaque = Self.number(pointAtPlace) { embedding.isOpaque(tuples, Int(tupleAtPlace.base[$0])) }
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

  /// Computes the Morton code of each tuple's position.
  private static func codes(
    of tuples: Storage<UInt16>, _ count: Int, in embedding: ColorEmbedding, _ code: MortonCode,
    threadCount: Int
  ) throws -> Storage<UInt64> {
    let codes = try Storage<UInt64>(count: count)
    let jobCount = (count + tuplesPerJob - 1) / tuplesPerJob
    code.withContributions { parts in
      nonisolated(unsafe) let parts = parts
      withWorkers(threadCount, sharing: jobCount) { _, job in
        for tuple in job * tuplesPerJob..<min((job + 1) * tuplesPerJob, count) {
          let place = embedding.coordinates(tuples.base + tuple * embedding.layout.depth, stride: 1)
          codes.base[tuple] = Self.code(embedding.onGrid(place), embedding.dimension, parts)
        }
      }
    }
    return codes
  }

  /// The distinct codes, ascending.
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

  /// Numbers the points, opaque ones last; returns the number of the first opaque point.
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

  func point(of member: Int) -> Int { Int(numbers.base[member]) }

  func member(on point: Int) -> Int { Int(representatives.base[point]) }

  func rounding(
    _ tree: AnyPointTree, count: Int, fixed: Places?, threadCount: Int
  ) throws -> (any Rounding)? {
    guard case .double(let tree) = tree else {
      preconditionFailure("the grid is too fine for the narrower numbers")
    }
    return rounding(tree, count: count, fixed: fixed, threadCount: threadCount)
  }

  /// Makes the rounding of centroids to tuples of the image's layout.
  func rounding(
    _ tree: PointTree<Double>, count: Int, fixed: Places?, threadCount: Int
  ) -> LatticeRounding {
    LatticeRounding(
      tree, on: embedding, firstStrict: firstOpaque,
      placeOfPoint: { UnsafePointer(self.tuples.base + self.member(on: $0) * self.embedding.layout.depth) },
      count: count, fixed: fixed, threadCount: threadCount)
  }
}
