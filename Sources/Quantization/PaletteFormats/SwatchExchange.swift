import Memory

/// Adobe Swatch Exchange (`.ase`).
///
/// The file begins with `ASEF`, the version and the number of blocks. Each block has a type, a length and a content. A
/// block of type 1 is a color: a name in UTF-16, four letters for the color model, and its samples as single-precision
/// numbers from 0 to 1. Groups and blocks of other types are skipped. Adobe publishes no description. This one is
/// Berten's, "Adobe Swatch Exchange" in the documentation of SwatchBooker.
enum SwatchExchange {
  private static let signature = "ASEF"
  private static let colorType: UInt16 = 1

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: signature.utf8) }

  /// Reads the colors.
  ///
  /// - Throws: `PaletteMistake`, `OutOfMemory`.
  static func colors(_ bytes: UnsafeRawBufferPointer) throws -> GrowingStorage<ColorList.Color> {
    var colors = try GrowingStorage<ColorList.Color>()
    var bytes = BigEndianBytes(bytes)
    // The signature and the version.
    _ = try bytes.take(byteCount: 8)
    for _ in 0..<(try bytes.take(UInt32.self)) {
      let type = try bytes.take(UInt16.self)
      let block = try bytes.take(byteCount: Int(bytes.take(UInt32.self)))
      if type == colorType {
        try colors.append(color(block, number: colors.count + 1))
      }
    }
    return colors
  }

  private static func color(_ block: BigEndianBytes, number: Int) throws -> ColorList.Color {
    var block = block
    _ = try block.take(byteCount: 2 * Int(block.take(UInt16.self)))
    let model = try block.take(byteCount: 4).rest
    /// The next sample, scaled to 0...65535.
    func sample() throws -> UInt16 {
      let value = Float(bitPattern: try block.take(UInt32.self))
      guard (0...1).contains(value) else { throw PaletteMistake.range(color: number) }
      return UInt16((Double(value) * 65535).rounded())
    }
    if model.elementsEqual("RGB ".utf8) {
      return ColorList.Color(red: try sample(), green: try sample(), blue: try sample())
    }
    guard model.elementsEqual("Gray".utf8) || model.elementsEqual("GRAY".utf8) else {
      let name = String(decoding: model.prefix { $0 != 0x20 }, as: UTF8.self)
      throw PaletteMistake.colorModel(name, color: number)
    }
    let gray = try sample()
    return ColorList.Color(red: gray, green: gray, blue: gray)
  }
}
