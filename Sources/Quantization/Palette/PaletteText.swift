import Memory

/// Colors from the text files that artists keep palettes in: 8-bit RGB, one color a line.
///
/// A GIMP palette (`.gpl`) begins with the line `GIMP Palette`; then come lines `Name:`, `Columns:` and comments after
/// `#`, and for each color three numbers of 0 to 255 and perhaps a name. In a hex list (`.hex`) each line is six
/// hexadecimal digits, perhaps after a `#`. Lines end in a line feed, perhaps after a carriage return, and UTF-8's mark of
/// the byte order may come before all.
package enum PaletteText {
  /// What a text is not.
  package enum Mistake: Error, Equatable {
    /// Neither a GIMP palette nor a hex list.
    case unknownFormat
    /// A line, numbered from 1, that holds no color.
    case badLine(Int)
    /// There is no color in it.
    case empty
  }

  /// Reads the colors.
  ///
  /// - Parameter text: The whole file.
  /// - Returns: The samples, three for each color, in the file's order.
  /// - Throws: `Mistake`, `OutOfMemory`.
  package static func samples(_ text: UnsafeRawBufferPointer) throws -> GrowingStorage<UInt8> {
    var samples = try GrowingStorage<UInt8>()
    var isGimp = false
    var number = 1
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var rest = text.dropFirst(text.starts(with: mark) ? mark.count : 0)
    while true {
      let line = trimmed(rest.prefix { $0 != UInt8(ascii: "\n") })
      let isTitle = number == 1 && line.starts(with: "GIMP Palette".utf8)
      isGimp = isGimp || isTitle
      if !line.isEmpty && !isTitle && !(isGimp && isRemark(line)) {
        guard let color = isGimp ? decimalColor(line) : hexColor(line) else {
          throw number == 1 ? Mistake.unknownFormat : Mistake.badLine(number)
        }
        for plane in 0..<3 {
          try samples.append(color[plane])
        }
      }
      rest = rest.drop { $0 != UInt8(ascii: "\n") }
      guard !rest.isEmpty else { break }
      rest = rest.dropFirst()
      number += 1
    }
    guard !samples.isEmpty else { throw isGimp ? Mistake.empty : Mistake.unknownFormat }
    return samples
  }

  /// Whether a line of a GIMP palette holds no color by its form.
  private static func isRemark(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
    line.first == UInt8(ascii: "#") || line.starts(with: "Name:".utf8) || line.starts(with: "Columns:".utf8)
  }

  /// A color in three decimal numbers, and what may follow.
  private static func decimalColor(_ line: Slice<UnsafeRawBufferPointer>) -> SIMD3<UInt8>? {
    var color = SIMD3<UInt8>.zero
    var rest = line[...]
    for plane in 0..<3 {
      let word = rest.prefix { !isSpace($0) }
      var value = 0
      for byte in word {
        guard let digit = hexDigit(byte), digit < 10, 10 * value + digit <= 255 else { return nil }
        value = 10 * value + digit
      }
      guard !word.isEmpty else { return nil }
      color[plane] = UInt8(value)
      rest = rest[word.endIndex...].drop(while: isSpace)
    }
    return color
  }

  /// A color in six hexadecimal digits.
  private static func hexColor(_ line: Slice<UnsafeRawBufferPointer>) -> SIMD3<UInt8>? {
    var color = SIMD3<UInt8>.zero
    var digitCount = 0
    for byte in line.dropFirst(line.first == UInt8(ascii: "#") ? 1 : 0) {
      guard let digit = hexDigit(byte), digitCount < 6 else { return nil }
      color[digitCount / 2] = color[digitCount / 2] << 4 | UInt8(digit)
      digitCount += 1
    }
    return digitCount == 6 ? color : nil
  }

  private static func hexDigit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// A line without the white space around it.
  private static func trimmed(_ line: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let line = line.drop(while: isSpace)
    guard let last = line.lastIndex(where: { !isSpace($0) }) else { return line }
    return line[...last]
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
