/// Reads numbers from the front of a binary file, the high byte first.
struct BigEndianBytes {
  private(set) var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  /// Takes a number.
  ///
  /// - Throws: `PaletteMistake.truncated` if the file ends within the number.
  mutating func take<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
    try take(byteCount: MemoryLayout<Number>.size).rest.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
  }

  /// Takes some bytes.
  ///
  /// - Throws: `PaletteMistake.truncated` if there are fewer.
  mutating func take(byteCount: Int) throws -> BigEndianBytes {
    guard byteCount <= rest.count else { throw PaletteMistake.truncated }
    let taken = rest.prefix(byteCount)
    rest = rest.dropFirst(byteCount)
    return BigEndianBytes(UnsafeRawBufferPointer(rebasing: taken))
  }
}
