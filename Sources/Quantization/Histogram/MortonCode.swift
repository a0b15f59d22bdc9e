/// The Morton code (Z-order) of a tuple: the interleaved bits of its samples.
///
/// High bits come first; among bits of equal height, the first plane comes first. Tuples with neighboring codes are
/// usually close together in space. The tables of this folder and the tree of k-means rely on that. The code of a tuple
/// of up to eight bytes fits in 64 bits.
package struct MortonCode {
  /// Maximum number of bytes of a tuple that has a code.
  static let byteLimit = 8

  let layout: TupleLayout

  /// For each byte of a tuple, the contributions of its 256 values to the code, in the order of the bytes.
  private let contributions: [UInt64]

  package init(layout: TupleLayout) {
    precondition(layout.bytesPerTuple <= Self.byteLimit)
    self.layout = layout
    var contributions = [UInt64]()
    contributions.reserveCapacity(256 * layout.bytesPerTuple)
    for plane in 0..<layout.depth {
      for byte in 0..<layout.bytesPerSample {
        let height = 8 * (layout.bytesPerSample - 1 - byte)
        // The contribution of a value is that of its lowest bit and that of the rest, which comes before it.
        let first = contributions.count
        contributions.append(0)
        for value in 1..<256 {
          let bit = (value.trailingZeroBitCount + height + 1) * layout.depth - 1 - plane
          contributions.append(contributions[first + (value & (value - 1))] | 1 << UInt64(bit))
        }
      }
    }
    self.contributions = contributions
  }

  /// Number of bits of a code.
  package var bitCount: Int { 8 * layout.bytesPerTuple }

  /// Calls `body` with the table of contributions.
  ///
  /// Entry `256 * i + v` is the contribution of the value `v` of byte `i` of a raw tuple.
  package func withContributions<Result>(_ body: (UnsafePointer<UInt64>) throws -> Result) rethrows -> Result
  {
    try contributions.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a tuple has at least one byte") }
      return try body(base)
    }
  }

  /// Extracts the sample of a plane from a code.
  @inline(__always)
  package func sample(_ code: UInt64, plane: Int) -> UInt16 {
    Self.gather(code >> UInt64(layout.depth - 1 - plane), depth: layout.depth)
  }

  /// Collects every `depth`-th bit of a code.
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
      // Tuples of more than four planes have samples of one byte.
      x = 0
      for bit in 0..<8 {
        x |= (code >> UInt64(bit &* depth) & 1) << UInt64(bit)
      }
    }
    return UInt16(truncatingIfNeeded: x)
  }
}
