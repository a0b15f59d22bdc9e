import CKernels
import Memory

/// Counts tuples of up to eight bytes by their Morton codes, in a hash table with open addressing.
///
/// It takes 32 to 64 bytes for each distinct tuple. If the table exceeds the processor's cache, a `CodeList` takes
/// over: at once if more than a quarter of the pixels had new tuples, otherwise after the last tuple.
final class CodeTable {
  private let code: MortonCode
  private let limit: Int?

  /// A code with its number of pixels or, after `setLabels`, one more than its label. A value of 0 marks a free slot.
  private struct Slot: BitwiseCopyable {
    var code: UInt64
    var value: Int
  }

  private var slots: Storage<Slot>
  private var usedCount = 0
  private var shift: UInt64
  private var order: Storage<UInt64>?

  /// - Parameters:
  ///   - code: The Morton code of the tuples.
  ///   - limit: Maximum number of distinct tuples, at least 65536. If there are more, a `CodeList` continues the count
  ///     and merges similar tuples; nil is no limit.
  /// - Throws: `OutOfMemory`.
  init(code: MortonCode, limit: Int? = nil) throws {
    self.code = code
    self.limit = limit
    slots = try Storage(count: 1 << Self.firstBitCount)
    shift = 64 - Self.firstBitCount
  }

  private static let firstBitCount: UInt64 = 10

  /// Number of counted pixels.
  private var tupleCount = 0

  /// Whether the slots take more than two megabytes, so that lookups wait for memory.
  var isLarge: Bool { usedCount > 1 << 16 }

  /// Whether a `CodeList` has to continue the count, because it would be faster or because the limit is exceeded.
  ///
  /// The list is faster if many tuples are new. Otherwise the table is faster: it counted twelve million pixels of 0.3
  /// million colors in 0.08 s, the list in 0.3 s.
  private var isFull: Bool { isLarge && (tupleCount < 4 * usedCount || usedCount > limit ?? .max) }

  /// Counts tuples of a run until a `CodeList` has to continue.
  ///
  /// - Parameter tuples: Whole raw tuples.
  /// - Returns: The number of bytes of the run that were counted.
  /// - Throws: `OutOfMemory`.
  func add(_ tuples: UnsafeRawBufferPointer) throws -> Int {
    let byteCount = code.layout.bytesPerTuple
    // The table has room for a whole piece of new tuples, so the inner loop does not check for it.
    let piece = byteCount * 1024
    var start = 0
    while start < tuples.count && !isFull {
      let end = min(start + piece, tuples.count)
      while 2 * (usedCount + (end - start) / byteCount) > slots.elements.count {
        try grow()
      }
      count(UnsafeRawBufferPointer(rebasing: tuples[start..<end]))
      tupleCount += (end - start) / byteCount
      start = end
    }
    return start
  }

  /// Number of distinct tuples.
  var distinctCount: Int { usedCount }

  /// Adds pixels of one tuple.
  ///
  /// - Parameters:
  ///   - tuple: The bytes of the tuple.
  ///   - count: Number of pixels, at least 1.
  /// - Returns: Whether the sum fits in an `Int`. If it does not, the count does not change.
  /// - Throws: `OutOfMemory`.
  func add(_ tuple: UnsafePointer<UInt8>, count: Int) throws -> Bool {
    var key: UInt64 = 0
    code.withContributions { parts in
      writeCodes(of: tuple, 1, byteCount: code.layout.bytesPerTuple, parts: parts, into: &key)
    }
    var slot = self.slot(for: key)
    if slots.base[slot].value == 0 {
      if 2 * (usedCount + 1) > slots.elements.count {
        try grow()
        slot = self.slot(for: key)
      }
      slots.base[slot].code = key
      usedCount += 1
    }
    let (sum, overflow) = slots.base[slot].value.addingReportingOverflow(count)
    if !overflow { slots.base[slot].value = sum }
    return !overflow
  }

  /// The slot of `key`, or a free slot for it.
  @inline(__always)
  private func slot(for key: UInt64) -> Int {
    let mask = slots.elements.count - 1
    let slots = self.slots.base
    var slot = Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift)
    while slots[slot].value != 0 && slots[slot].code != key {
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  private func count(_ tuples: UnsafeRawBufferPointer) {
    let byteCount = code.layout.bytesPerTuple
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let table = slots.elements.baseAddress
    else { return }
    let mask = slots.elements.count - 1
    var newCount = 0
    let count = tuples.count / byteCount
    code.withContributions { parts in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { buffer in
        guard let codes = buffer.baseAddress else { return }
        for start in stride(from: 0, to: count, by: Self.batch) {
          let batch = min(Self.batch, count &- start)
          writeCodes(of: source + byteCount &* start, batch, byteCount: byteCount, parts: parts, into: codes)
          for index in 0..<batch {
            kernels_prefetch(table + Int(truncatingIfNeeded: (codes[index] &* Self.multiplier) >> shift))
          }
          for index in 0..<batch {
            let key = codes[index]
            var slot = Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift)
            while table[slot].value != 0 && table[slot].code != key {
              slot = (slot &+ 1) & mask
            }
            if table[slot].value == 0 {
              table[slot].code = key
              newCount &+= 1
            }
            table[slot].value &+= 1
          }
        }
      }
    }
    usedCount += newCount
  }

  /// Number of codes that are computed in advance, so that their slots are prefetched together.
  private static let batch = 64

  /// 2^64 divided by the golden ratio, odd (Knuth, "The Art of Computer Programming", vol. 3, section 6.4).
  private static let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15

  private func grow() throws {
    let grown = try Storage<Slot>(count: 2 * slots.elements.count, hugePages: slots.elements.count >= 1 << 17)
    shift -= 1
    let mask = grown.elements.count - 1
    for old in slots.elements where old.value != 0 {
      var slot = Int(truncatingIfNeeded: (old.code &* Self.multiplier) >> shift)
      while grown.elements[slot].value != 0 {
        slot = (slot + 1) & mask
      }
      grown.elements[slot] = old
    }
    slots = grown
  }

  func histogram() throws -> Histogram {
    let list = try sorted()
    let histogram = try Histogram(layout: code.layout, count: usedCount, weights: list.weights)
    for (index, key) in list.codes.elements.enumerated() {
      for plane in 0..<code.layout.depth {
        histogram.samples.elements[plane * usedCount + index] = code.sample(key, plane: plane)
      }
    }
    order = list.codes
    return histogram
  }

  /// Copies the codes and counts to a new list.
  ///
  /// - Parameter waitingCount: Number of further codes that the list can collect.
  /// - Returns: The list.
  /// - Throws: `OutOfMemory`.
  func list(waitingCount: Int = 0) throws -> CodeList {
    let list = try sorted()
    return try CodeList(
      code: code, codes: list.codes, weights: list.weights, waitingCount: waitingCount, limit: limit)
  }

  /// The sorted codes and the number of pixels of each.
  private func sorted() throws -> (codes: Storage<UInt64>, weights: Storage<Int>) {
    let codes = try Storage<UInt64>(count: usedCount)
    let weights = try Storage<Int>(count: usedCount)
    var found = 0
    for slot in slots.elements where slot.value != 0 {
      codes.elements[found] = slot.code
      found += 1
    }
    try sortByRadix(codes.elements)
    for (index, key) in codes.elements.enumerated() {
      weights.elements[index] = slots.elements[slot(of: key)].value
    }
    return (codes, weights)
  }

  /// The slot of `key`, which has to be in the table.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = slots.elements.count - 1
    var slot = Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift)
    let slots = self.slots.base
    while slots[slot].code != key || slots[slot].value == 0 {
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>) {
    guard let order else { preconditionFailure("labels come after the histogram") }
    for (index, key) in order.elements.enumerated() {
      // One more than the label, so that the value of a used slot is never 0.
      slots.elements[slot(of: key)].value = Int(labels[index]) + 1
    }
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    let byteCount = code.layout.bytesPerTuple
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let target = output.bindMemory(to: UInt8.self).baseAddress,
      let colors = palette.bytes.bindMemory(to: UInt8.self).baseAddress
    else { return }
    let bytesPerColor = palette.layout.bytesPerTuple
    let count = tuples.count / byteCount
    code.withContributions { parts in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { buffer in
        guard let codes = buffer.baseAddress else { return }
        for start in stride(from: 0, to: count, by: Self.batch) {
          let batch = min(Self.batch, count &- start)
          writeCodes(of: source + byteCount &* start, batch, byteCount: byteCount, parts: parts, into: codes)
          for index in 0..<batch {
            let color = colors + bytesPerColor &* (slots.base[slot(of: codes[index])].value &- 1)
            copyTuple(color, to: target + bytesPerColor &* (start &+ index), bytesPerColor)
          }
        }
      }
    }
  }
}
