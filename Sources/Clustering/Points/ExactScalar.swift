/// The floating-point types in which scores of centroids are computed, exactly: Float or Double (see `ScoreTable`).
///
/// The operations on eight lanes are spelled out for each type: in generic code the compiler would compare lane by
/// lane, which takes twenty times as long.
package protocol ExactScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  typealias Vector = SIMD8<Self>

  /// Replaces the lanes of `best` that exceed those of `scores`, and with them the lanes of `tags`, by `tag`.
  static func keepLower(_ scores: Vector, _ tag: Self, in best: inout Vector, _ tags: inout Vector)

  /// The larger of each two lanes.
  static func larger(_ first: Vector, _ second: Vector) -> Vector

  /// The smaller of each two lanes.
  static func lesser(_ first: Vector, _ second: Vector) -> Vector

  /// The lanes as they are, in Double.
  static func widened(_ vector: Vector) -> SIMD8<Double>

  /// Eight coordinates, counted from the middle of their grid.
  static func centered(_ coordinates: UnsafePointer<UInt16>, middle: UInt16) -> Vector

  /// A bit for each lane that is `bound` or less, the first lane's the lowest.
  static func lanes(_ vector: Vector, atMost bound: Self) -> UInt8

  /// The lowest of the lanes.
  static func lowest(_ vector: Vector) -> Self

  /// A number of 0 or more as the bits of a scalar, to be carried about in lanes but not computed with.
  static func tag(_ number: Int) -> Self

  /// The number that a tag carries.
  static func number(_ tag: Self) -> Int
}

/// Eight coordinates less the middle of their grid, which leaves 16 bits with a sign.
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
