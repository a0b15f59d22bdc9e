// The loops over pixels and codes of `CodeList` and `LabelIndex`, on plain pointers.

import CKernels

/// Writes the Morton codes of a run of raw tuples.
///
/// - Parameters:
///   - source: The tuples.
///   - count: How many.
///   - byteCount: Bytes of a tuple, `1...8`.
///   - parts: What each byte adds to a code (see `MortonCode.withContributions`).
///   - codes: Room for `count` codes.
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

/// Sorted codes, all different, and how many pixels each has.
struct WeightedCodes {
  let codes: UnsafeMutablePointer<UInt64>
  let weights: UnsafeMutablePointer<Int>
  let count: Int

  /// How many different codes there are here and among others, which are sorted.
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

  /// Adds sorted codes of a pixel each, beginning at the end, so that nothing is overwritten that has not been moved.
  ///
  /// - Parameters:
  ///   - others: The codes.
  ///   - otherCount: How many.
  ///   - unionCount: What `union` says; there is room for so many.
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

/// A slot of a label index: a cell, and its label or where its runs are.
struct CellSlot: BitwiseCopyable {
  /// Twice one more than the number of the cell, and one more still if the cell has several labels; 0 if free.
  var key: UInt32
  /// The label, or the number of the cell among those with several.
  var value: UInt32
}

/// Where the runs of a cell are, at least two.
struct CellRuns: BitwiseCopyable {
  var start: Int
  var count: Int
}

/// The parts of a label index.
struct LabelCells {
  let slots: UnsafeMutablePointer<CellSlot>
  let bits: Int
  /// Bits of a code that its cell leaves out.
  let shift: UInt64
  /// Where the runs of the cells with several labels are.
  let runs: UnsafePointer<CellRuns>
  /// The first code and the label of each run.
  let starts: UnsafePointer<UInt64>
  let labels: UnsafePointer<UInt32>

  /// The key of a code's cell, if it has one label.
  @inline(__always)
  private func key(_ code: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: code >> shift) &+ 1) << 1
  }

  /// Where the search for a key begins.
  @inline(__always)
  private func home(_ key: UInt32) -> Int {
    Int((key &* 0x9e37_79b1) >> UInt32(truncatingIfNeeded: 32 &- bits))
  }

  /// The slot that holds a key, or the free one where it belongs.
  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    var slot = home(key)
    while slots[slot].key & ~1 != key && slots[slot].key != 0 {
      slot = (slot &+ 1) & (1 << bits &- 1)
    }
    return slot
  }

  /// Takes up the cell of a code.
  @inline(__always)
  func insert(_ code: UInt64, value: UInt32, isMixed: Bool) {
    let key = key(code)
    slots[slot(of: key)] = CellSlot(key: key | (isMixed ? 1 : 0), value: value)
  }

  /// The label of a code.
  @inline(__always)
  private func label(of code: UInt64) -> Int {
    let slot = slots[slot(of: key(code))]
    return slot.key & 1 == 0 ? Int(slot.value) : label(of: code, in: runs[Int(slot.value)])
  }

  /// The label of the last run that does not begin after `code`.
  @inline(__always)
  private func label(of code: UInt64, in runs: CellRuns) -> Int {
    var start = runs.start
    var count = runs.count
    while count > 1 {
      let half = count / 2
      start &+= starts[start &+ half] <= code ? half : 0
      count &-= half
    }
    return Int(labels[start])
  }

  /// Writes for each of a run of raw tuples that of its label.
  @inline(never)
  func map(
    _ source: UnsafePointer<UInt8>, _ count: Int, byteCount: Int, parts: UnsafePointer<UInt64>,
    palette: UnsafePointer<UInt8>, bytesPerColor: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { buffer in
      guard let codes = buffer.baseAddress else { return }
      var start = 0
      while start < count {
        let batch = min(Self.batch, count &- start)
        writeCodes(of: source + byteCount &* start, batch, byteCount: byteCount, parts: parts, into: codes)
        for index in 0..<batch {
          kernels_prefetch(slots + home(key(codes[index])))
        }
        let output = target + bytesPerColor &* start
        for index in 0..<batch {
          copyTuple(
            palette + bytesPerColor &* label(of: codes[index]), to: output + bytesPerColor &* index,
            bytesPerColor)
        }
        start &+= batch
      }
    }
  }

  private static var batch: Int { 64 }
}
