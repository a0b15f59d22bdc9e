/// The Morton code (Z-order) of a tuple: the bits of its samples interleaved, the highest first and, among bits of
/// one height, the first plane first.
///
/// In the order of codes, every run of tuples is close together in space; the tables here and the tree of k-means rely on
/// this. The code of a tuple of up to eight bytes fits in 64 bits.
package struct MortonCode {
  /// The most bytes of a tuple a code can hold.
  static let byteLimit = 8

  let layout: TupleLayout

  /// What each byte of a tuple adds to its code: 256 entries a byte, in the order of the bytes.
  private let contributions: [UInt64]

  package init(layout: TupleLayout) {
    precondition(layout.bytesPerTuple <= Self.byteLimit)
    self.layout = layout
    var contributions = [UInt64]()
    contributions.reserveCapacity(256 * layout.bytesPerTuple)
    for plane in 0..<layout.depth {
      for byte in 0..<layout.bytesPerSample {
        let height = UInt64(8 * (layout.bytesPerSample - 1 - byte))
        for value in 0..<UInt64(256) {
          let spread = Self.spread(value << height, depth: layout.depth)
          contributions.append(spread << UInt64(layout.depth - 1 - plane))
        }
      }
    }
    self.contributions = contributions
  }

  /// Bits of a code.
  package var bitCount: Int { 8 * layout.bytesPerTuple }

  /// Calls `body` with the table of contributions: entry `256 * i + v` is what the value `v` of a raw tuple's byte
  /// `i` adds to its code.
  package func withContributions<Result>(_ body: (UnsafePointer<UInt64>) throws -> Result) rethrows -> Result
  {
    try contributions.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a tuple has at least one byte") }
      return try body(base)
    }
  }

  /// The sample that `code` holds for `plane`.
  @inline(__always)
  package func sample(_ code: UInt64, plane: Int) -> UInt16 {
    Self.gather(code >> UInt64(layout.depth - 1 - plane), depth: layout.depth)
  }

  /// The bits of a 16-bit value moved `depth` places apart.
  static func spread(_ value: UInt64, depth: Int) -> UInt64 {
    var code: UInt64 = 0
    for bit in 0..<16 {
      code |= (value >> UInt64(bit) & 1) << UInt64(bit * depth)
    }
    return code
  }

  /// Every `depth`-th bit of `code`, moved together.
  @inline(__always)
  static func gather(_ code: UInt64, depth: Int) -> UInt16 {
    var x = code
    switch depth {
    case 1:
      break
    case 2:
      x &= 0x5555_5555
      x = (x | x >> 1) & 0x3333_3333
      x = (x | x >> 2) & 0x0f0f_0f0f
      x = (x | x >> 4) & 0x00ff_00ff
      x |= x >> 8
    case 3:
      x &= 0x2492_4924_9249
      x = (x | x >> 2) & 0x0c30_c30c_30c3
      x = (x | x >> 4) & 0x00f0_0f00_f00f
      x = (x | x >> 8) & 0xff00_00ff
      x |= x >> 16
    case 4:
      x &= 0x1111_1111_1111_1111
      x = (x | x >> 3) & 0x0303_0303_0303_0303
      x = (x | x >> 6) & 0x000f_000f_000f_000f
      x = (x | x >> 12) & 0x00ff_0000_00ff
      x |= x >> 24
    default:
      // Samples of one byte.
      x = 0
      for bit in 0..<8 {
        x |= (code >> UInt64(bit &* depth) & 1) << UInt64(bit)
      }
    }
    return UInt16(truncatingIfNeeded: x)
  }
}
