import Memory

/// Lists of hexadecimal colors (`.hex`), and the palettes of paint.net (`.txt`).
///
/// A color is `rgb`, `rgba`, `rrggbb` or `rrggbbaa` (CSS Color Module Level 4, section 5.2), with or without `#` or
/// `0x`. White space and commas separate colors. `;`, `//`, and a `#` before white space begin a comment. In a palette
/// of paint.net, which names the program in a comment before the first color, eight digits are `aarrggbb`.
struct HexList {
  private let lines: TextLines
  private let hasOpacityFirst: Bool

  init(_ lines: TextLines) {
    self.lines = lines
    hasOpacityFirst = lines.lazy.prefix { $0.text.isEmpty || $0.text.first == UInt8(ascii: ";") }
      .contains { String(decoding: $0.text, as: UTF8.self).lowercased().contains("paint.net") }
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  func colors() throws -> GrowingStorage<ColorList.Color> {
    var colors = try GrowingStorage<ColorList.Color>()
    for (number, line) in lines {
      var rest = line.drop(while: Self.isSeparator)
      while !rest.isEmpty && !Self.isComment(rest) {
        let word = rest.prefix { !Self.isSeparator($0) && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "/") }
        guard let color = Self.color(word, hasOpacityFirst: hasOpacityFirst) else {
          // If the first word is not a color, the file is not a list of hexadecimal colors.
          throw colors.isEmpty ? PaletteMistake.unknownFormat : PaletteMistake.badLine(number)
        }
        try colors.append(color)
        rest = rest[word.endIndex...].drop(while: Self.isSeparator)
      }
    }
    guard !colors.isEmpty else { throw PaletteMistake.unknownFormat }
    return colors
  }

  /// Reads one color.
  ///
  /// - Parameters:
  ///   - word: The digits, with or without a prefix.
  ///   - hasOpacityFirst: Whether the first two of eight digits are the opacity, not the last two.
  /// - Returns: The color; nil if the word is not a color.
  static func color(_ word: TextLines.Text, hasOpacityFirst: Bool = false) -> ColorList.Color? {
    let prefixes = ["#", "0x", "0X"]
    let prefix = prefixes.first { word.starts(with: $0.utf8) } ?? ""
    let word = word.dropFirst(prefix.utf8.count)
    guard [3, 4, 6, 8].contains(word.count), word.allSatisfy({ $0.hexDigit != nil }) else { return nil }
    let digits = word.compactMap(\.hexDigit)
    let samples =
      digits.count <= 4
      ? digits.map { 17 * $0 }
      : stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    var color = SIMD4<UInt8>(repeating: 255)
    for (plane, sample) in samples.enumerated() {
      color[samples.count == 4 && hasOpacityFirst ? (plane + 3) % 4 : plane] = sample
    }
    return ColorList.Color(bytes: color)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { byte.isTextSpace || byte == UInt8(ascii: ",") }

  private static func isComment(_ text: TextLines.Text) -> Bool {
    switch text.first {
    case UInt8(ascii: ";"): true
    case UInt8(ascii: "/"): text.starts(with: "//".utf8)
    case UInt8(ascii: "#"): text.dropFirst().first.map(\.isTextSpace) ?? true
    default: false
    }
  }

  /// Writes a list, one color per line, without `#`. Some pixel editors read only this form.
  ///
  /// - Throws: `OutOfMemory`.
  static func text(_ colors: ByteColors) throws -> GrowingStorage<UInt8> {
    var text = try GrowingStorage<UInt8>()
    for color in colors {
      try text.append("\(colors.hex(color))\n")
    }
    return text
  }
}
