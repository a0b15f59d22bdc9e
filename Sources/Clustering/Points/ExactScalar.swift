/// A floating-point type in which scores of centroids are computed exactly: Float or Double (see `ScoreTable`).
///
/// Vector operations are implemented for each type separately. In generic code, the compiler would process each lane by
/// itself, which takes twenty times as long.
package protocol ExactScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  typealias Vector = SIMD8<Self>

  /// In each lane where `scores` is lower than `best`, replaces `best` by the score and `tags` by `tag`.
  static func keepLower(_ scores: Vector, _ tag: Self, in best: inout Vector, _ tags: inout Vector)

  /// The larger number of each lane.
  static func larger(_ first: Vector, _ second: Vector) -> Vector

  /// The smaller number of each lane.
  static func lesser(_ first: Vector, _ second: Vector) -> Vector

  /// Converts the lanes to Double.
  static func widened(_ vector: Vector) -> SIMD8<Double>

  /// Loads eight coordinates and subtracts the middle of the grid.
  static func centered(_ coordinates: UnsafePointer<UInt16>, middle: UInt16) -> Vector

  /// A mask of the lanes whose number is at most `bound`. The lowest bit is that of the first lane.
  static func lanes(_ vector: Vector, atMost bound: Self) -> UInt8

  /// The lowest of the lanes.
  static func lowest(_ vector: Vector) -> Self

  /// Stores an integer, `0..<1 << 32`, in the bits of a scalar. Such a tag can be moved in vectors, but arithmetic on
  /// it is meaningless.
  static func tag(_ number: Int) -> Self

  /// The integer in a tag.
  static func number(_ tag: Self) -> Int
}

/// Loads eight coordinates and subtracts the middle of the grid. The differences fit in 16 bits with a sign.
@inline(__always)
private func signed(_ coordinates: UnsafePointer<UInt16>, _ middle: UInt16) -> SIMD8<Int32> {
  let eight = UnsafeRawPointer(coordinates).loadUnaligned(as: SIMD8<UInt16>.self)
  return SIMD8<Int32>(truncatingIfNeeded: SIMD8<Int16>(truncatingIfNeeded: eight &- middle))
}

extension Float: ExactScalar {
  @inline(__always)
  package static func centered(_ coordinates: UnsafePointer<UInt16>, middle: UInt16) -> Vector {
    Vector(signed(coordinates, middle))
  }

  @inline(__always)
  package static func keepLower(_ scores: Vector, _ tag: Float, in best: inout Vector, _ tags: inout Vector) {
    let isLower = scores .< best
    best.replace(with: scores, where: isLower)
    tags.replace(with: Vector(repeating: tag), where: isLower)
  }

  @inline(__always)
  package static func larger(_ first: Vector, _ second: Vector) -> Vector {
    first.replacing(with: second, where: second .> first)
  }

  @inline(__always)
  package static func lesser(_ first: Vector, _ second: Vector) -> Vector {
    first.replacing(with: second, where: second .< first)
  }

  @inline(__always)
  package static func widened(_ vector: Vector) -> SIMD8<Double> {
    SIMD8<Double>(vector)
  }

  @inline(__always)
  package static func lanes(_ vector: Vector, atMost bound: Float) -> UInt8 {
    let bits = SIMD8<Int32>(1, 2, 4, 8, 16, 32, 64, 128)
    let chosen = SIMD8<Int32>(repeating: 0).replacing(with: bits, where: vector .<= Vector(repeating: bound))
    return UInt8(truncatingIfNeeded: chosen.wrappedSum())
  }

  @inline(__always)
  package static func lowest(_ vector: Vector) -> Float {
    let four = vector.lowHalf.replacing(with: vector.highHalf, where: vector.highHalf .< vector.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .< four.lowHalf)
    return two[1] < two[0] ? two[1] : two[0]
  }

  @inline(__always)
  package static func tag(_ number: Int) -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: number))
  }

  @inline(__always)
  package static func number(_ tag: Float) -> Int {
    Int(truncatingIfNeeded: tag.bitPattern)
  }
}

extension Double: ExactScalar {
  @inline(__always)
  package static func centered(_ coordinates: UnsafePointer<UInt16>, middle: UInt16) -> Vector {
    Vector(signed(coordinates, middle))
  }

  @inline(__always)
  package static func keepLower(_ scores: Vector, _ tag: Double, in best: inout Vector, _ tags: inout Vector)
  {
    let isLower = scores .< best
    best.replace(with: scores, where: isLower)
    tags.replace(with: Vector(repeating: tag), where: isLower)
  }

  @inline(__always)
  package static func larger(_ first: Vector, _ second: Vector) -> Vector {
    first.replacing(with: second, where: second .> first)
  }

  @inline(__always)
  package static func lesser(_ first: Vector, _ second: Vector) -> Vector {
    first.replacing(with: second, where: second .< first)
  }

  @inline(__always)
  package static func widened(_ vector: Vector) -> SIMD8<Double> {
    vector
  }

  @inline(__always)
  package static func lanes(_ vector: Vector, atMost bound: Double) -> UInt8 {
    let bits = SIMD8<Int64>(1, 2, 4, 8, 16, 32, 64, 128)
    let chosen = SIMD8<Int64>(repeating: 0).replacing(with: bits, where: vector .<= Vector(repeating: bound))
    return UInt8(truncatingIfNeeded: chosen.wrappedSum())
  }

  @inline(__always)
  package static func lowest(_ vector: Vector) -> Double {
    let four = vector.lowHalf.replacing(with: vector.highHalf, where: vector.highHalf .< vector.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .< four.lowHalf)
    return two[1] < two[0] ? two[1] : two[0]
  }

  @inline(__always)
  package static func tag(_ number: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: number))
  }

  @inline(__always)
  package static func number(_ tag: Double) -> Int {
    Int(truncatingIfNeeded: tag.bitPattern)
  }
}
