import PamStream
import Quantization

/// Where the images, the palettes and the reports go.
struct Outputs {
  private let images: PamWriter?
  private let palettes: PaletteOutput?
  private let histograms: PamWriter?
  private let reports: ByteOutput?

  /// All outputs, in the order in which they are completed.
  private let outputs: [ByteOutput]

  /// Opens what the options name.
  ///
  /// - Parameters:
  ///   - settings: The options.
  ///   - reader: What the images are read from.
  /// - Throws: `SystemError`, `NetpbmError`, `UsageError.sameFile`, `.standardOutputFile`, `.imageToTerminal`.
  init(_ settings: Settings, reading reader: PamReader) throws {
    let standard = try ByteOutput.standardOutput()
    guard !standard.feeds(reader) else { throw NetpbmError("standard output is the file that is read") }
    guard settings.writesText || !standard.isTerminal else { throw UsageError.imageToTerminal }
    var files: [(name: OptionName, output: ByteOutput)] = []
    /// Opens a file, which must not be one of those before it.
    func open(_ name: OptionName, _ destination: Settings.Destination?) throws -> ByteOutput? {
      guard case .file(let path) = destination else { return destination.map { _ in standard } }
      let file = try ByteOutput.file(path)
      guard !file.replaces(sameFileAs: standard) else { throw UsageError.standardOutputFile(name, path) }
      for (other, output) in files where file.replaces(sameFileAs: output) {
        throw UsageError.sameFile(name, other, path)
      }
      files.append((name, file))
      return file
    }
    reports = try open(.report, settings.reportPath.map { .file($0) })
    histograms = try open(.histogramOutput, settings.histogramDestination).map { PamWriter($0, plain: false) }
    palettes = try open(.palette, settings.paletteDestination).map { PaletteOutput($0, settings) }
    images = settings.writesImages ? PamWriter(standard, plain: settings.isPlain) : nil
    outputs = files.reversed().map(\.output) + [standard]
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
  /// - Throws: `SystemError`, `NetpbmError`, `OutOfMemory`.
  func write(_ palette: Palette, like header: PamHeader) throws {
    try palettes?.write(palette, like: header)
  }

  /// Writes a histogram, where histograms are wanted.
  ///
  /// - Parameters:
  ///   - histogram: The colors and their pixel counts.
  ///   - header: That of a counted image.
  /// - Throws: `SystemError`, `NetpbmError`, `OutOfMemory`.
  func write(_ histogram: Histogram, of header: PamHeader) throws {
    try histograms?.write(histogram, of: header)
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
    for output in outputs {
      try output.close()
    }
  }
}
