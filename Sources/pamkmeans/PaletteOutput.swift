import PamStream
import Quantization

/// Writes palettes: images of one row, or one file of another program's format.
final class PaletteOutput {
  private let output: ByteOutput
  private let images: PamWriter
  private let format: PaletteFormat?
  private var isWritten = false

  /// - Parameters:
  ///   - output: Where to.
  ///   - settings: The format, and whether images are plain.
  init(_ output: ByteOutput, _ settings: Settings) {
    self.output = output
    images = PamWriter(output, plain: settings.isPlain)
    format = settings.paletteFormat
  }

  /// Writes a palette.
  ///
  /// - Parameters:
  ///   - palette: The colors.
  ///   - header: The header of an image in these colors.
  /// - Throws: `NetpbmError` if the format cannot hold the palette, or not another one; `SystemError`, `OutOfMemory`.
  func write(_ palette: Palette, like header: PamHeader) throws {
    guard let format else {
      var strip = header
      strip.width = palette.count
      strip.height = 1
      try images.begin(strip)
      try images.write(palette.tuples)
      return try images.end()
    }
    guard !isWritten else {
      throw NetpbmError(
        "\(OptionName.paletteFormat) \(format.rawValue) holds one palette; \(OptionName.shared) chooses one for all images"
      )
    }
    isWritten = true
    let file = try format.named { () throws in try format.file(of: palette, kind: header.tupleKind) }
    try withExtendedLifetime(file) { try output.write(UnsafeRawBufferPointer(file.elements)) }
    try output.flush()
  }
}

extension PaletteFormat {
  /// Checks that the palette of an image can be written, as far as the image's header tells.
  ///
  /// - Throws: `NetpbmError`.
  func check(_ header: PamHeader) throws {
    try named { () throws in try check(header.layout, header.tupleKind) }
  }

  /// Checks that all colors of a palette have room.
  ///
  /// - Throws: `NetpbmError`.
  func check(_ file: PaletteFile) throws {
    try check(file.header)
    try named { () throws in
      if let capacity, file.palette.count > capacity {
        throw Unfit.count(file.palette.count, limit: capacity)
      }
    }
  }

  /// Has a message about a palette that does not fit name the option.
  fileprivate func named<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let unfit as Unfit {
      throw NetpbmError("\(OptionName.paletteFormat) \(rawValue) \(unfit)")
    }
  }
}
