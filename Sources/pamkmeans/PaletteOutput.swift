import Memory
import PamStream
import Quantization

/// Writes each palette as an image of one row, or one palette as a file of another program's format.
final class PaletteOutput {
  private let output: ByteOutput
  private let images: PamWriter
  private let format: PaletteFormat?
  private var isWritten = false

  /// - Parameters:
  ///   - output: The destination.
  ///   - settings: The palette format, and whether images are plain.
  init(_ output: ByteOutput, _ settings: Settings) {
    self.output = output
    images = PamWriter(output, plain: settings.isPlain)
    format = settings.paletteFormat
  }

  /// A palette that is ready to be written.
  struct Prepared {
    fileprivate let palette: Palette
    fileprivate let header: PamHeader
    /// The bytes of the file; nil for an image.
    fileprivate let file: GrowingStorage<UInt8>?
  }

  /// Prepares a palette, so that nothing is written if the format cannot hold it.
  ///
  /// - Parameters:
  ///   - palette: The colors.
  ///   - header: The header of an image in these colors.
  /// - Returns: The palette, to be written next.
  /// - Throws: `NetpbmError` if the format cannot hold the palette, or if the file already has one; `OutOfMemory`.
  func prepare(_ palette: Palette, like header: PamHeader) throws -> Prepared {
    guard let format else { return Prepared(palette: palette, header: header, file: nil) }
    guard !isWritten else {
      throw NetpbmError(
        "\(OptionName.paletteFormat) \(format.rawValue) holds one palette; \(OptionName.shared) chooses one for all images"
      )
    }
    let file = try format.named { () throws in try format.file(of: palette, kind: header.tupleKind) }
    return Prepared(palette: palette, header: header, file: file)
  }

  /// Writes a prepared palette.
  ///
  /// - Throws: `NetpbmError`, `SystemError`.
  func write(_ prepared: Prepared) throws {
    isWritten = true
    if let file = prepared.file {
      try withExtendedLifetime(file) { try output.write(UnsafeRawBufferPointer(file.elements)) }
      return try output.flush()
    }
    var strip = prepared.header
    strip.width = prepared.palette.count
    strip.height = 1
    try images.begin(strip)
    try images.write(prepared.palette.tuples)
    try images.end()
  }
}

extension PaletteFormat {
  /// Checks that the format can hold a palette of an image, as far as the header determines it.
  ///
  /// - Throws: `NetpbmError`.
  func check(_ header: PamHeader) throws {
    try named { () throws in try check(header.layout, header.tupleKind) }
  }

  /// Checks that the format can hold a palette, including the number of its colors.
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

  /// Adds the name of the option to errors about palettes that the format cannot hold.
  fileprivate func named<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let unfit as Unfit {
      throw NetpbmError("\(OptionName.paletteFormat) \(rawValue) \(unfit)")
    }
  }
}
