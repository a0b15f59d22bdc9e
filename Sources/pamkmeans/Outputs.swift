import PamStream
import Quantization

/// Where the images, the palettes and the reports go.
struct Outputs {
  private let images: PamWriter?
  private let palettes: PamWriter?
  private let reports: ByteOutput?
  private let files: [ByteOutput]

  /// Opens what the options name.
  ///
  /// - Parameters:
  ///   - settings: The options.
  ///   - reader: What the images are read from.
  /// - Throws: `SystemError`, `NetpbmError`, `UsageError.sameFile`, `.standardOutputFile`, `.imageToTerminal`.
  init(_ settings: Settings, reading reader: PamReader) throws {
    let standard = try ByteOutput.standardOutput()
    guard !standard.feeds(reader) else { throw NetpbmError("standard output is the file that is read") }
    guard settings.isPlain || !standard.isTerminal else { throw UsageError.imageToTerminal }
    reports = try settings.reportPath.map { try Self.file($0, of: .report, beside: standard) }
    let standardWriter = PamWriter(standard, plain: settings.isPlain)
    switch settings.paletteDestination {
    case nil:
      images = standardWriter
      palettes = nil
      files = [reports, standard].compactMap(\.self)
    case .standardOutput:
      images = nil
      palettes = standardWriter
      files = [reports, standard].compactMap(\.self)
    case .file(let path):
      let file = try Self.file(path, of: .palette, beside: standard)
      if let reports, file.replaces(sameFileAs: reports) { throw UsageError.sameFile(path) }
      images = standardWriter
      palettes = PamWriter(file, plain: settings.isPlain)
      files = [file, reports, standard].compactMap(\.self)
    }
  }

  private static func file(
    _ path: String, of name: OptionName, beside standard: ByteOutput
  ) throws -> ByteOutput {
    let file = try ByteOutput.file(path)
    guard !file.replaces(sameFileAs: standard) else { throw UsageError.standardOutputFile(name, path) }
    return file
  }

  /// Writes an image, where images are wanted.
  ///
  /// - Parameters:
  ///   - header: The image's header.
  ///   - rows: Calls its argument with successive runs of whole rows, top to bottom.
  /// - Throws: `SystemError`, `NetpbmError`, what `rows` throws.
  func write(
    _ header: PamHeader, rows: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    if let images {
      try images.begin(header)
      try rows(images.write)
      try images.end()
    }
  }

  /// Writes a palette, where palettes are wanted.
  ///
  /// - Parameters:
  ///   - palette: The colors.
  ///   - header: That of an image in these colors.
  /// - Throws: `SystemError`, `NetpbmError`.
  func write(_ palette: Palette, like header: PamHeader) throws {
    if let palettes {
      var strip = header
      strip.width = palette.count
      strip.height = 1
      try palettes.begin(strip)
      try palettes.write(palette.tuples)
      try palettes.end()
    }
  }

  /// Writes a line of the report, if one is wanted.
  ///
  /// - Throws: `SystemError`, `OutOfMemory`.
  func write(_ report: @autoclosure () throws -> Report) throws {
    if let reports {
      try report().write(to: reports)
    }
  }

  /// Completes what was written: palettes and reports first, so that standard output ends only when all is in place.
  ///
  /// - Throws: `SystemError`.
  func close() throws {
    for file in files {
      try file.close()
    }
  }
}
