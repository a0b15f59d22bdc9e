// The inner loops of `CodeList` over pixels and codes. They use plain pointers.

/// Computes the Morton codes of a run of raw tuples.
///
/// - Parameters:
///   - source: The tuples.
///   - count: Number of tuples.
///   - byteCount: Bytes of a tuple, `1...8`.
///   - parts: The contribution of each byte value to a code, see `MortonCode.withContributions`.
///   - codes: Memory for `count` codes.
@inline(__always)
func writeCodes(
  of source: UnsafePointer<UInt8>, _ count: Int, byteCount: Int, parts: UnsafePointer<UInt64>,
  into codes: UnsafeMutablePointer<UInt64>
) {
  switch byteCount {
  case 3: writeCodes(source, count, 3, parts, codes)
  case 4: writeCodes(source, count, 4, parts, codes)
  case 6: writeCodes(source, count, 6, parts, codes)
  case 8: writeCodes(source, count, 8, parts, codes)
  default: writeCodes(source, count, byteCount, parts, codes)
  }
}

@inline(__always)
private func writeCodes(
  _ source: UnsafePointer<UInt8>, _ count: Int, _ byteCount: Int, _ parts: UnsafePointer<UInt64>,
  _ codes: UnsafeMutablePointer<UInt64>
) {
  for pixel in 0..<count {
    let tuple = source + byteCount &* pixel
    var code: UInt64 = 0
    for byte in 0..<byteCount {
      code |= parts[256 &* byte &+ Int(tuple[byte])]
    }
    codes[pixel] = code
  }
}

/// Copies a tuple of `byteCount` bytes, at least 1.
@inline(__always)
func copyTuple(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ byteCount: Int) {
  let from = UnsafeRawPointer(source)
  let to = UnsafeMutableRawPointer(target)
  switch byteCount {
  case 4:
    to.storeBytes(of: from.loadUnaligned(as: UInt32.self), as: UInt32.self)
  case 6:
    to.storeBytes(of: from.loadUnaligned(as: UInt32.self), as: UInt32.self)
    (to + 4).storeBytes(of: (from + 4).loadUnaligned(as: UInt16.self), as: UInt16.self)
  case 8:
    to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
  default:
    for byte in 0..<byteCount {
      target[byte] = source[byte]
    }
  }
}

/// Distinct sorted codes and the pixel count of each.
struct WeightedCodes {
  let codes: UnsafeMutablePointer<UInt64>
  let weights: UnsafeMutablePointer<Int>
  let count: Int

  /// The number of distinct codes in this list and a second sorted list together.
  @inline(never)
  func union(_ others: UnsafePointer<UInt64>, _ otherCount: Int) -> Int {
    var newCount = 0
    var place = 0
    for index in 0..<otherCount where index == 0 || others[index] != others[index &- 1] {
      while place < count && codes[place] < others[index] {
        place &+= 1
      }
      newCount &+= place < count && codes[place] == others[index] ? 0 : 1
    }
    return count &+ newCount
  }

  /// Merges sorted codes into this list, each with a weight of one pixel.
  ///
  /// The merge starts at the end, so it overwrites only elements that have been moved.
  ///
  /// - Parameters:
  ///   - others: The codes, which may repeat.
  ///   - otherCount: Number of codes.
  ///   - unionCount: The result of `union`, which the memory of this list has to hold.
  @inline(never)
  func merge(_ others: UnsafePointer<UInt64>, _ otherCount: Int, unionCount: Int) {
    var (left, right, place) = (count &- 1, otherCount &- 1, unionCount)
    var last: UInt64?
    while right >= 0 {
      let isLeft = left >= 0 && codes[left] >= others[right]
      let code = isLeft ? codes[left] : others[right]
      let weight = isLeft ? weights[left] : 1
      let isNew = last != code
      place &-= isNew ? 1 : 0
      codes[place] = code
      weights[place] = (isNew ? 0 : weights[place]) &+ weight
      last = code
      left &-= isLeft ? 1 : 0
      right &-= isLeft ? 0 : 1
    }
  }
}
