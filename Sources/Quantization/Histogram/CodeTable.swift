/// Counts tuples of up to four planes by their Morton codes, in a hash table with open addressing.
///
/// Memory follows the distinct tuples, 32 to 64 bytes for each. It is for as many as a cache holds; `CodeList` goes on
/// from there.
final class CodeTable {
  private let code: MortonCode

  /// A code and its pixels; after `setLabels`, its label. A slot with no pixels is free.
  private struct Slot: BitwiseCopyable {
    var code: UInt64
    var value: Int
  }

  private var slots: Storage<Slot>
  private var usedCount = 0
  private var shift: UInt64
  private var order: Storage<UInt64>?

  init(code: MortonCode) throws {
    self.code = code
    slots = try Storage(count: 1 << Self.firstBitCount)
    shift = 64 - Self.firstBitCount
  }

  private static let firstBitCount: UInt64 = 10

  /// Distinct tuples from which on the table takes no more: its slots take two megabytes then.
  private static let usedLimit = 1 << 16

  /// Counts a run of tuples, or as many as there are until the table is full.
  ///
  /// - Parameter tuples: The run.
  /// - Returns: How many bytes of the run were counted.
  /// - Throws: `QuantizationError.outOfMemory`.
  func add(_ tuples: UnsafeRawBufferPointer) throws -> Int {
    let byteCount = code.layout.bytesPerTuple
    // Room for every tuple of a piece to be new, so that the loop itself need not look.
    let piece = byteCount * 1024
    var start = 0
    while start < tuples.count && usedCount < Self.usedLimit {
      let end = min(start + piece, tuples.count)
      while 2 * (usedCount + (end - start) / byteCount) > slots.elements.count {
        try grow()
      }
      count(UnsafeRawBufferPointer(rebasing: tuples[start..<end]))
      start = end
    }
    return start
  }

  private func count(_ tuples: UnsafeRawBufferPointer) {
    let byteCount = code.layout.bytesPerTuple
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let table = slots.elements.baseAddress
    else { return }
    let mask = slots.elements.count - 1
    var newCount = 0
    code.withContributions { parts in
      for pixel in 0..<tuples.count / byteCount {
        let key = Self.key(source + byteCount * pixel, byteCount, parts)
        var slot = Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift)
        while table[slot].value != 0 && table[slot].code != key {
          slot = (slot + 1) & mask
        }
        if table[slot].value == 0 {
          table[slot].code = key
          newCount += 1
        }
        table[slot].value += 1
      }
    }
    usedCount += newCount
  }

  /// 2^64 divided by the golden ratio, odd (Knuth, "The Art of Computer Programming", vol. 3, section 6.4).
  private static let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15

  @inline(__always)
  private static func key(
    _ tuple: UnsafePointer<UInt8>, _ byteCount: Int, _ parts: UnsafePointer<UInt64>
  ) -> UInt64 {
    var key: UInt64 = 0
    for byte in 0..<byteCount {
      key |= parts[256 * byte + Int(tuple[byte])]
    }
    return key
  }

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

  /// A list that counts on from what is here.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func list() throws -> CodeList {
    let list = try sorted()
    return try CodeList(code: code, codes: list.codes, weights: list.weights)
  }

  /// The codes, sorted, and the pixels of each.
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

  /// The slot that holds `key`, which was counted.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = slots.elements.count - 1
    var slot = Int(truncatingIfNeeded: (key &* Self.multiplier) >> shift)
    while slots.elements[slot].code != key || slots.elements[slot].value == 0 {
      slot = (slot + 1) & mask
    }
    return slot
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>) {
    guard let order else { preconditionFailure("labels come after the histogram") }
    for (index, key) in order.elements.enumerated() {
      // One more than the label, so that a slot in use is never 0.
      slots.elements[slot(of: key)].value = Int(labels[index]) + 1
    }
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) {
    let byteCount = code.layout.bytesPerTuple
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let target = output.bindMemory(to: UInt8.self).baseAddress,
      let colors = palette.bindMemory(to: UInt8.self).baseAddress
    else { return }
    code.withContributions { parts in
      for pixel in 0..<tuples.count / byteCount {
        let offset = byteCount * pixel
        let label = slots.elements[slot(of: Self.key(source + offset, byteCount, parts))].value - 1
        for byte in 0..<byteCount {
          target[offset + byte] = colors[byteCount * label + byte]
        }
      }
    }
  }
}
