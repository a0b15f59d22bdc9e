import Memory
import Quantization

/// A palette given in a file: any Netpbm image, whose colors it is, or a list of colors as text.
package struct PaletteFile {
  /// What an image of these colors would look like: format, planes, maxval and tuple type. A text has PPM's.
  package let header: PamHeader

  /// The different colors, in lexicographic order.
  package let palette: Palette

  /// Reads a palette.
  ///
  /// - Parameter path: The file; `-` is standard input.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  package init(path: String) throws {
    let reader = try PamReader(path: path)
    if try reader.startsLikeText() {
      (header, palette) = try Self.text(reader, path)
    } else {
      guard let header = try reader.nextHeader() else { throw NetpbmError("\(path.harmless): no image") }
      let tally = try Tally(layout: header.layout, expectedCount: header.width * header.height)
      _ = try reader.readRaster(header, isKept: false, counting: tally.add)
      self.header = header
      palette = try Palette(tally.histogram())
    }
  }

  private static func text(_ reader: PamReader, _ path: String) throws -> (PamHeader, Palette) {
    let samples: GrowingStorage<UInt8>
    do {
      let text = try reader.readText(limit: textByteLimit)
      if let format = ForeignFormat(startingWith: text) {
        throw NetpbmError(
          "\(path.harmless): this is \(format.name); convert it with \(format.converter) first")
      }
      samples = try withExtendedLifetime(text) {
        try PaletteText.samples(UnsafeRawBufferPointer(text.elements))
      }
    } catch let mistake as PaletteText.Mistake {
      throw NetpbmError("\(path.harmless): \(mistake.summary)")
    }
    let header = PamHeader(
      format: .ppm, width: samples.count / 3, height: 1, layout: TupleLayout(depth: 3, maxval: 255),
      tupleTypeBytes: Array("RGB".utf8))
    let tally = try Tally(layout: header.layout, expectedCount: header.width)
    try withExtendedLifetime(samples) { try tally.add(UnsafeRawBufferPointer(samples.elements)) }
    return (header, try Palette(tally.histogram()))
  }

  /// More is no list of colors that somebody keeps: 65536 of them have a mebibyte or two.
  private static let textByteLimit = 16 << 20
}

extension PaletteText.Mistake {
  fileprivate var summary: String {
    switch self {
    case .unknownFormat: "neither a Netpbm image nor a GIMP palette nor a list of hexadecimal colors"
    case .badLine(let number): "line \(number) is no color"
    case .empty: "there is no color in it"
    }
  }
}
