/// A 64-bit hash of a block of bytes.
///
/// Each instance has random keys, so that nobody can construct two blocks with equal hashes in advance. Like wyhash
/// (Wang Yi), it multiplies 64-bit words and combines both halves of each product. It has four independent chains of
/// products, which the processor computes in parallel.
struct BlockHash {
  private let keys: SIMD16<UInt64>

  /// Makes a hash with random keys.
  init() {
    keys = .random(in: 0...UInt64.max)
  }

  /// Computes the hash of a block.
  func callAsFunction(_ block: UnsafeRawBufferPointer) -> UInt64 {
    var (a, b, c, d) = (keys[0], keys[1], keys[2], keys[3])
    let whole = block.count & ~63
    for offset in stride(from: 0, to: whole, by: 64) {
      let word = { (index: Int) in block.loadUnaligned(fromByteOffset: offset + 8 * index, as: UInt64.self) }
      a = Self.fold(word(0) ^ keys[4], word(1) ^ a)
      b = Self.fold(word(2) ^ keys[5], word(3) ^ b)
      c = Self.fold(word(4) ^ keys[6], word(5) ^ c)
      d = Self.fold(word(6) ^ keys[7], word(7) ^ d)
    }
    for byte in block[whole...] {
      a = Self.fold(UInt64(byte) ^ keys[8], a ^ keys[9])
    }
    let left = Self.fold(a ^ keys[10], b ^ keys[11])
    let right = Self.fold(c ^ keys[12], d ^ keys[13])
    return Self.fold(left ^ keys[14], right ^ UInt64(block.count))
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
