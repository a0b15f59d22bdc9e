import Memory

/// Palettes of Paint Shop Pro (`.pal`), which most pixel editors read.
///
/// The first three lines are `JASC-PAL`, `0100` and the number of colors; a line of three numbers of 0 to 255 follows for
/// each color. Lines end in a carriage return and a line feed. The format is that of the palettes that Paint Shop Pro of
/// Jasc Software saves.
enum JascPalette {
  private static let title = "JASC-PAL"
  private static let version = "0100"

  static func isOne(_ lines: TextLines) -> Bool {
    var lines = lines
    return lines.next()?.text.elementsEqual(title.utf8) ?? false
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ lines: TextLines) throws -> GrowingStorage<ColorList.Color> {
    var colors = try GrowingStorage<ColorList.Color>()
    var count = 0
    for case (let number, var line) in lines where number > 1 && !line.isEmpty {
      switch number {
      case 2:
        guard line.elementsEqual(version.utf8) else { throw PaletteMistake.badLine(number) }
      case 3:
        guard let stated = line.takeNumber(atMost: 1 << 24), line.isEmpty else {
          throw PaletteMistake.badLine(number)
        }
        count = stated
      default:
        guard let color = line.takeColor(depth: 3), line.isEmpty else { throw PaletteMistake.badLine(number) }
        try colors.append(color)
      }
    }
    guard colors.count == count else { throw PaletteMistake.count(stated: count, found: colors.count) }
    return colors
  }

  /// Writes a palette, without opacity.
  ///
  /// - Throws: `OutOfMemory`.
  static func text(_ colors: ByteColors) throws -> GrowingStorage<UInt8> {
    var text = try GrowingStorage<UInt8>()
    try text.append("\(title)\r\n\(version)\r\n\(colors.count)\r\n")
    for color in colors {
      try text.append("\(color.x) \(color.y) \(color.z)\r\n")
    }
    return text
  }
}
