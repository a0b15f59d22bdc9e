import Memory

/// Adobe color tables (`.act`).
///
/// The format has no signature. It has 256 RGB colors with one byte per sample. Two numbers of two bytes may follow:
/// the number of colors in use, and the index of the transparent color. If that index is not in use, no color is
/// transparent. See "Color Table" in Adobe's "Photoshop File Formats Specification".
enum ColorTable {
  /// Maximum number of colors.
  static let capacity = 256
  private static let colorByteCount = 3 * capacity
  private static let noTransparentColor = UInt16.max

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == colorByteCount || bytes.count == colorByteCount + 4
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ bytes: UnsafeRawBufferPointer) throws -> GrowingStorage<ColorList.Color> {
    var count = capacity
    var transparent = noTransparentColor
    if bytes.count > colorByteCount {
      var end = BigEndianBytes(UnsafeRawBufferPointer(rebasing: bytes[colorByteCount...]))
      count = Int(try end.take(UInt16.self))
      transparent = try end.take(UInt16.self)
      guard count <= capacity else { throw PaletteMistake.count(stated: count, found: capacity) }
    }
    var colors = try GrowingStorage<ColorList.Color>()
    for number in 0..<count {
      let samples = bytes[(3 * number)...]
      let opacity: UInt8 = number == transparent ? 0 : 255
      try colors.append(
        ColorList.Color(
          bytes: SIMD4(
            samples[samples.startIndex], samples[samples.startIndex + 1], samples[samples.startIndex + 2],
            opacity)))
    }
    return colors
  }

  /// Writes a palette of at most 256 colors, of which at most one is transparent.
  ///
  /// - Throws: `OutOfMemory`.
  static func bytes(_ colors: ByteColors) throws -> GrowingStorage<UInt8> {
    var bytes = try GrowingStorage<UInt8>()
    for number in 0..<capacity {
      let color = number < colors.count ? colors[number] : .zero
      for plane in 0..<3 {
        try bytes.append(color[plane])
      }
    }
    var transparent = noTransparentColor
    if let number = colors.firstIndex(where: { $0.w == 0 }) { transparent = UInt16(number) }
    for word in [UInt16(colors.count), transparent] {
      try bytes.append(UInt8(word >> 8))
      try bytes.append(UInt8(word & 0xFF))
    }
    return bytes
  }
}
