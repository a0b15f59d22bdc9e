import Memory

/// The colors of a palette in bytes: red, green, blue and opacity, each 0 to 255.
struct ByteColors {
  private let colors: GrowingStorage<SIMD4<UInt8>>

  /// Whether all colors are opaque.
  let isOpaque: Bool

  /// Converts a palette. Gray becomes three equal samples.
  ///
  /// - Parameters:
  ///   - palette: The colors, of a maxval that divides 255.
  ///   - kind: The meaning of their planes: gray or RGB, perhaps with opacity.
  /// - Throws: `OutOfMemory`.
  init(_ palette: Palette, kind: TupleKind) throws {
    var colors = try GrowingStorage<SIMD4<UInt8>>()
    for entry in 0..<palette.count {
      var color = SIMD4<UInt8>(repeating: 255)
      for plane in 0..<4 where plane < 3 || kind.hasOpacity {
        let source = plane == 3 ? kind.depth - 1 : kind.color == .gray ? 0 : plane
        color[plane] = UInt8(palette.sample(plane: source, of: entry) * 255 / palette.layout.maxval)
      }
      try colors.append(color)
    }
    self.colors = colors
    isOpaque = colors.allSatisfy { $0.w == 255 }
  }

  /// The color in hexadecimal digits: six, or eight if some color of the palette is not opaque.
  func hex(_ color: SIMD4<UInt8>) -> String {
    (0..<(isOpaque ? 3 : 4)).map { plane in
      let digits = String(color[plane], radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension ByteColors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { colors.count }

  subscript(number: Int) -> SIMD4<UInt8> { colors[number] }
}

extension GrowingStorage<UInt8> {
  /// Adds the bytes of a text.
  ///
  /// - Throws: `OutOfMemory`.
  mutating func append(_ text: String) throws {
    for byte in text.utf8 {
      try append(byte)
    }
  }
}
