import Memory

/// GIMP palettes (`.gpl`).
///
/// The first line is `GIMP Palette`. Lines `Name:` and `Columns:` and comments after `#` may follow, then a line for
/// each color: three numbers of 0 to 255 and perhaps a name. After `Channels: RGBA`, which Aseprite writes, a fourth
/// number is the opacity. See "GPL palette file format" in the developer documentation of GIMP.
enum GimpPalette {
  private static let title = "GIMP Palette"

  static func isOne(_ lines: TextLines) -> Bool {
    var lines = lines
    return lines.next()?.text.starts(with: title.utf8) ?? false
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ lines: TextLines) throws -> GrowingStorage<ColorList.Color> {
    var colors = try GrowingStorage<ColorList.Color>()
    var depth = 3
    for case (let number, var line) in lines.dropFirst() where !isRemark(line) {
      if line.starts(with: "Channels:".utf8) {
        depth = line.trimmed.reversed().starts(with: "ABGR".utf8) ? 4 : 3
        continue
      }
      guard let color = line.takeColor(depth: depth) else { throw PaletteMistake.badLine(number) }
      try colors.append(color)
    }
    return colors
  }

  private static func isRemark(_ line: TextLines.Text) -> Bool {
    line.isEmpty || line.first == UInt8(ascii: "#") || line.starts(with: "Name:".utf8)
      || line.starts(with: "Columns:".utf8)
  }

  /// Writes a palette. The name of each color is its hexadecimal digits.
  ///
  /// - Throws: `OutOfMemory`.
  static func text(_ colors: ByteColors) throws -> GrowingStorage<UInt8> {
    var text = try GrowingStorage<UInt8>()
    try text.append("\(title)\nName: pamkmeans\n\(colors.isOpaque ? "" : "Channels: RGBA\n")#\n")
    for color in colors {
      for plane in 0..<(colors.isOpaque ? 3 : 4) {
        let digits = String(color[plane])
        try text.append(String(repeating: " ", count: 3 - digits.utf8.count) + digits + " ")
      }
      try text.append("\(colors.hex(color))\n")
    }
    return text
  }
}
