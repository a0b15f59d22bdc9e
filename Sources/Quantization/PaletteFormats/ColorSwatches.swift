import Memory

/// Adobe Photoshop color swatches (`.aco`).
///
/// Version 1 has a count and five 16-bit words for each color: the color model and four samples. Version 2 adds names.
/// It usually follows version 1 with the same colors, but may also be alone. See "Color Swatches" in Adobe's "Photoshop
/// File Formats Specification".
enum ColorSwatches {
  private static let wordsPerColor = 5

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var words = BigEndianBytes(bytes)
    guard let version = try? words.take(UInt16.self), let count = try? words.take(UInt16.self) else {
      return false
    }
    return (1...2).contains(version) && words.rest.count >= 2 * wordsPerColor * Int(count)
  }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ bytes: UnsafeRawBufferPointer) throws -> GrowingStorage<ColorList.Color> {
    var bytes = BigEndianBytes(bytes)
    var colors = try GrowingStorage<ColorList.Color>()
    let version = try bytes.take(UInt16.self)
    for number in 0..<(try bytes.take(UInt16.self)) {
      let words = try (0..<wordsPerColor).map { _ in try bytes.take(UInt16.self) }
      try colors.append(color(words, number: Int(number) + 1))
      if version == 2 {
        _ = try bytes.take(byteCount: 2 * Int(bytes.take(UInt32.self)))
      }
    }
    return colors
  }

  private static func color(_ words: [UInt16], number: Int) throws -> ColorList.Color {
    switch words[0] {
    case 0: return ColorList.Color(red: words[1], green: words[2], blue: words[3])
    case 1: return color(hue: words[1], saturation: words[2], brightness: words[3])
    case 2: throw PaletteMistake.colorModel("CMYK", color: number)
    case 7: throw PaletteMistake.colorModel("Lab", color: number)
    case 8:
      // The gray value is in units of 1/10000.
      guard words[1] <= 10000 else { throw PaletteMistake.range(color: number) }
      let gray = UInt16((2 * Int(words[1]) * 65535 + 10000) / 20000)
      return ColorList.Color(red: gray, green: gray, blue: gray)
    default: throw PaletteMistake.colorModel("of color model \(words[0])", color: number)
    }
  }

  /// Converts a color from HSB, also called HSV (Smith, "Color gamut transform pairs", SIGGRAPH 1978).
  ///
  /// - Parameters:
  ///   - hue: 65535 is 360 degrees.
  ///   - saturation: 65535 is full saturation.
  ///   - brightness: 65535 is the largest sample.
  /// - Returns: The color, rounded.
  private static func color(hue: UInt16, saturation: UInt16, brightness: UInt16) -> ColorList.Color {
    let (sector, part) = (6 * Int(hue)).quotientAndRemainder(dividingBy: 65535)
    /// The brightness times (1 - saturation * part), where saturation and part are fractions of 65535.
    func sample(_ part: Int) -> UInt16 {
      let square = 65535 * 65535
      return UInt16((2 * Int(brightness) * (square - Int(saturation) * part) + square) / (2 * square))
    }
    let (low, falling, rising) = (sample(65535), sample(part), sample(65535 - part))
    let (red, green, blue) =
      switch sector % 6 {
      case 0: (brightness, rising, low)
      case 1: (falling, brightness, low)
      case 2: (low, brightness, rising)
      case 3: (low, falling, brightness)
      case 4: (rising, low, brightness)
      default: (brightness, low, falling)
      }
    return ColorList.Color(red: red, green: green, blue: blue)
  }
}
