import Memory

/// Style sheets (`.css`) whose declarations are colors, such as `:root { --sky: #a0c4ff; }`.
///
/// Names and selectors are ignored. Values are hexadecimal with `#` (CSS Color Module Level 4, section 5.2).
enum StyleSheet {
  /// Whether a text has a block, or begins with a custom property or a comment.
  static func isOne(_ text: UnsafeRawBufferPointer) -> Bool {
    let start = text[...].trimmed
    return text.contains(UInt8(ascii: "{")) || start.starts(with: "--".utf8) || start.starts(with: "/*".utf8)
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ text: UnsafeRawBufferPointer) throws -> GrowingStorage<ColorList.Color> {
    var colors = try GrowingStorage<ColorList.Color>()
    let bare = try blankingComments(text)
    try withExtendedLifetime(bare) {
      var rest = UnsafeRawBufferPointer(bare.elements)[...]
      var line = 1
      while !rest.isEmpty {
        let statement = rest.prefix {
          ![UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}")].contains($0)
        }
        rest = rest[statement.endIndex...]
        if rest.first != UInt8(ascii: "{"), !statement.trimmed.isEmpty {
          guard let color = color(declaration: statement.trimmed) else {
            throw PaletteMistake.badLine(line + lineFeeds(statement.prefix(while: \.isTextSpace)))
          }
          try colors.append(color)
        }
        line += lineFeeds(statement)
        rest = rest.dropFirst()
      }
    }
    return colors
  }

  private static func color(declaration: TextLines.Text) -> ColorList.Color? {
    guard let colon = declaration.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let value = declaration[(colon + 1)...].trimmed
    return value.first == UInt8(ascii: "#") ? HexList.color(value) : nil
  }

  private static func lineFeeds(_ text: TextLines.Text) -> Int { text.count { $0 == UInt8(ascii: "\n") } }

  /// The text with each character of a comment replaced by a space, except for ends of lines.
  private static func blankingComments(_ text: UnsafeRawBufferPointer) throws -> GrowingStorage<UInt8> {
    var bare = try GrowingStorage<UInt8>()
    var rest = text[...]
    while let byte = rest.first {
      guard rest.starts(with: "/*".utf8) else {
        try bare.append(byte)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(2)
      while let byte = rest.first, !rest.starts(with: "*/".utf8) {
        try bare.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
        rest = rest.dropFirst()
      }
      rest = rest.dropFirst(2)
    }
    return bare
  }

  /// Writes a palette as custom properties that are numbered from 0.
  ///
  /// - Throws: `OutOfMemory`.
  static func text(_ colors: ByteColors) throws -> GrowingStorage<UInt8> {
    var text = try GrowingStorage<UInt8>()
    try text.append(":root {\n")
    for (number, color) in colors.enumerated() {
      try text.append("  --color-\(number): #\(colors.hex(color));\n")
    }
    try text.append("}\n")
    return text
  }
}
