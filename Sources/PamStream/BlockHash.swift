/// A 64-bit hash of a block of bytes, keyed anew in each instance, so that two blocks that agree cannot be prepared.
///
/// Products of 64 bits by 64, folded, as in wyhash (Wang Yi); it takes 16 bytes a multiplication.
struct BlockHash {
  private let keys: SIMD8<UInt64>

  /// A hash with random keys.
  init() {
    keys = .random(in: 0...UInt64.max)
  }

  /// The hash of a block.
  func callAsFunction(_ block: UnsafeRawBufferPointer) -> UInt64 {
    var first = keys[0]
    var second = keys[1]
    let whole = block.count & ~31
    for offset in stride(from: 0, to: whole, by: 32) {
      let word = { (index: Int) in block.loadUnaligned(fromByteOffset: offset + 8 * index, as: UInt64.self) }
      first = Self.fold(word(0) ^ keys[2], word(1) ^ first)
      second = Self.fold(word(2) ^ keys[3], word(3) ^ second)
    }
    for byte in block[whole...] {
      first = Self.fold(UInt64(byte) ^ keys[4], first ^ keys[5])
    }
    return Self.fold(first ^ keys[6], second ^ keys[7] ^ UInt64(block.count))
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
