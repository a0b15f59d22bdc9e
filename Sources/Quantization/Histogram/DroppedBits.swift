/// The number of lowest bits of each sample that are ignored, so that too many tuples are counted as cells of a grid.
///
/// The middle of a cell represents its tuples, except that 0 and maxval represent their own cells: black, white, opaque and
/// transparent tuples stay what they are. Bits are dropped one by one while there are more cells than a limit, so their
/// final number does not depend on the order of the pixels.
struct DroppedBits {
  let code: MortonCode

  /// Maximum number of cells; nil is no limit.
  let limit: Int?

  /// Number of dropped bits, 0 or more.
  private(set) var bitCount = 0

  init(_ code: MortonCode, limit: Int?) {
    self.code = code
    self.limit = limit
  }

  /// Bits of a code that are given up.
  var codeBitCount: Int { bitCount * code.layout.depth }

  /// The code of the cell of a code: that of its first tuple.
  @inline(__always)
  func cell(_ code: UInt64) -> UInt64 {
    // Nothing is left of the code where all of its bits are given up.
    codeBitCount < 64 ? code & (UInt64.max << UInt64(codeBitCount)) : 0
  }

  /// Gives up so many bits that some codes are few enough.
  ///
  /// - Parameters:
  ///   - count: How many codes there are.
  ///   - code: The code of a number; sorted.
  /// - Returns: Whether there are more bits given up than before.
  mutating func coarsen(_ count: Int, at code: (Int) -> UInt64) -> Bool {
    guard let limit, count > limit else { return false }
    // In how many places codes part at each height of a bit.
    var partings = [Int](repeating: 0, count: self.code.layout.bytesPerSample * 8)
    for index in 1..<count {
      let difference = cell(code(index - 1)) ^ cell(code(index))
      guard difference != 0 else { continue }
      partings[(63 - difference.leadingZeroBitCount) / self.code.layout.depth] += 1
    }
    let before = bitCount
    while 1 + partings[bitCount...].reduce(0, +) > limit {
      bitCount += 1
    }
    return bitCount > before
  }

  /// The sample that stands for those of a cell.
  ///
  /// - Parameters:
  ///   - code: A code of the cell.
  ///   - plane: The plane.
  /// - Returns: The sample, `0...maxval`.
  @inline(__always)
  func sample(_ code: UInt64, plane: Int) -> UInt16 {
    let first = self.code.sample(cell(code), plane: plane)
    guard bitCount > 0, first > 0 else { return first }
    let last = Int(first) + (1 << bitCount) - 1
    return last >= self.code.layout.maxval
      ? UInt16(self.code.layout.maxval) : first + UInt16(1 << (bitCount - 1))
  }
}
