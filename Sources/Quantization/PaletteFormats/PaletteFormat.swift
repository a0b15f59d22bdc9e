import Memory

/// The palette formats of other programs that can be written.
package enum PaletteFormat: String, Sendable, CaseIterable {
  /// GIMP palette.
  case gpl
  /// A list of hexadecimal colors.
  case hex
  /// Custom properties of a style sheet.
  case css
  /// Palette of Paint Shop Pro.
  case jasc
  /// Adobe color table.
  case act

  /// Why a palette cannot be written in a format.
  package enum Unfit: Error, Equatable {
    /// The maxval does not divide 255.
    case maxval(Int)
    /// The planes are neither gray nor RGB.
    case planes
    /// The format cannot hold the opacity of a color: the color is neither opaque nor, if the format allows one, the
    /// fully transparent color.
    case opacity(PaletteFormat)
    /// There are more colors than the format can hold.
    case count(Int, limit: Int)
  }

  /// Whether the format is text, which a terminal can show.
  package var isText: Bool { self != .act }

  /// The largest number of colors; nil if there is no limit.
  package var capacity: Int? { self == .act ? ColorTable.capacity : nil }

  /// Checks that the palette of an image can be written, as far as the header of the image determines it.
  ///
  /// - Parameters:
  ///   - layout: The planes and the maxval of the image.
  ///   - kind: The meaning of its planes.
  /// - Throws: `Unfit`.
  package func check(_ layout: TupleLayout, _ kind: TupleKind) throws(Unfit) {
    if case .planes = kind.color { throw .planes }
    guard 255 % layout.maxval == 0 else { throw .maxval(layout.maxval) }
  }

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - palette: The colors.
  ///   - kind: The meaning of their planes.
  /// - Returns: The whole file.
  /// - Throws: `Unfit`, `OutOfMemory`.
  package func file(of palette: Palette, kind: TupleKind) throws -> GrowingStorage<UInt8> {
    try check(palette.layout, kind)
    if let capacity, palette.count > capacity { throw Unfit.count(palette.count, limit: capacity) }
    let colors = try ByteColors(palette, kind: kind)
    switch self {
    case .gpl: return try GimpPalette.text(colors)
    case .hex: return try HexList.text(colors)
    case .css: return try StyleSheet.text(colors)
    case .jasc:
      guard colors.isOpaque else { throw Unfit.opacity(self) }
      return try JascPalette.text(colors)
    case .act:
      guard colors.allSatisfy({ $0.w == 0 || $0.w == 255 }), colors.count(where: { $0.w == 0 }) <= 1 else {
        throw Unfit.opacity(self)
      }
      return try ColorTable.bytes(colors)
    }
  }
}

extension PaletteFormat.Unfit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .maxval(let maxval):
      "holds samples of 0 to 255, but the maxval is \(maxval); put 'pamdepth 255' in front"
    case .planes: "holds gray and RGB, not other planes"
    case .opacity(.act): "holds at most one transparent color, and none that is translucent"
    case .opacity: "holds no opacity"
    case .count(let count, let limit): "holds at most \(limit) colors, not \(count)"
    }
  }
}
