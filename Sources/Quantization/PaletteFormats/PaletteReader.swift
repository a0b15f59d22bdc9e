import Memory

/// Reads palettes in the formats of other programs, recognized by their content.
package enum PaletteReader {
  /// Reads a palette.
  ///
  /// - Parameter bytes: The whole file.
  /// - Returns: Its colors.
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  package static func colors(_ bytes: UnsafeRawBufferPointer) throws -> ColorList {
    let colors =
      if SwatchExchange.isOne(bytes) {
        try SwatchExchange.colors(bytes)
      } else if isColorTable(bytes) {
        try ColorTable.colors(bytes)
      } else if isText(bytes) {
        try colors(text: bytes)
      } else if ColorSwatches.isOne(bytes) {
        try ColorSwatches.colors(bytes)
      } else {
        throw PaletteMistake.unknownFormat
      }
    return try ColorList(colors)
  }

  private static func colors(text: UnsafeRawBufferPointer) throws -> GrowingStorage<ColorList.Color> {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = UnsafeRawBufferPointer(rebasing: text.dropFirst(text.starts(with: mark) ? mark.count : 0))
    let lines = TextLines(text)
    if GimpPalette.isOne(lines) { return try GimpPalette.colors(lines) }
    if JascPalette.isOne(lines) { return try JascPalette.colors(lines) }
    if StyleSheet.isOne(text) { return try StyleSheet.colors(text) }
    return try HexList(lines).colors()
  }

  /// Whether a file has to be an Adobe color table. The format has no signature, so the size decides, and that the file
  /// is not text.
  package static func isColorTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    ColorTable.isOne(bytes) && !(isText(bytes) && String(validating: bytes, as: UTF8.self) != nil)
  }

  /// Whether the bytes contain no control characters other than white space.
  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0.isTextSpace }
  }
}

extension UInt8 {
  /// Whether this is white space in ASCII.
  var isTextSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

  /// The value of a hexadecimal digit; nil if the byte is not a digit.
  var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
