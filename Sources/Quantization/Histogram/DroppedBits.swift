/// Drops the lowest bits of each sample if there are too many distinct tuples, so that cells of a grid are counted
/// instead of tuples.
///
/// The middle of a cell represents its tuples. But 0 and maxval represent the cells that contain them, so that black,
/// white, opaque and transparent tuples keep their values. Bits are dropped one by one while there are more cells than
/// the limit, so the number of dropped bits does not depend on the order of the pixels.
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

  /// Number of lowest bits of a code that are ignored.
  var codeBitCount: Int { bitCount * code.layout.depth }

  /// The lowest code in the cell of a code.
  @inline(__always)
  func cell(_ code: UInt64) -> UInt64 {
    // If all bits of a code are dropped, the only cell is 0.
    codeBitCount < 64 ? code & (UInt64.max << UInt64(codeBitCount)) : 0
  }

  /// Drops as many bits as are needed to have at most `limit` cells.
  ///
  /// - Parameters:
  ///   - count: Number of codes.
  ///   - code: Returns the code of a number in `0..<count`; the codes are sorted.
  /// - Returns: Whether more bits are dropped than before.
  mutating func coarsen(_ count: Int, at code: (Int) -> UInt64) -> Bool {
    guard let limit, count > limit else { return false }
    // For each bit of a sample, the number of pairs of neighboring codes whose highest differing bit is of this height.
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

  /// The sample that represents a cell.
  ///
  /// - Parameters:
  ///   - code: Any code of the cell.
  ///   - plane: The plane of the sample.
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
