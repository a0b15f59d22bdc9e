import PamStream
import Quantization

/// The destinations of images, palettes, histograms and reports.
struct Outputs {
  private let images: PamWriter?
  private let palettes: PaletteOutput?
  private let histograms: PamWriter?
  private let reports: ByteOutput?

  /// All outputs, in the order in which they are closed.
  private let outputs: [ByteOutput]

  /// Opens the files that the options name.
  ///
  /// - Parameters:
  ///   - settings: The options.
  ///   - reader: The input, which must not be the same file as standard output.
  /// - Throws: `SystemError`, `NetpbmError`, `UsageError.sameFile`, `.standardOutputFile`, `.bytesToTerminal`.
  init(_ settings: Settings, reading reader: PamReader) throws {
    let standard = try ByteOutput.standardOutput()
    guard !standard.feeds(reader) else { throw NetpbmError("standard output is the file that is read") }
    guard settings.writesText || !standard.isTerminal else {
      throw UsageError.bytesToTerminal(isImage: settings.writesImageFormat)
    }
    var files: [(name: OptionName, output: ByteOutput)] = []
    /// Opens a destination. Its file must not replace standard output or a file that was opened before.
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

  /// Writes an image if images are wanted.
  ///
  /// - Parameters:
  ///   - header: The header of the image.
  ///   - rows: Passes successive runs of whole rows to its argument, top to bottom.
  /// - Throws: `SystemError`, `NetpbmError`, any error of `rows`.
  func write(
    _ header: PamHeader, rows: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    if let images {
      try images.begin(header)
      try rows(images.write)
      try images.end()
    }
  }

  /// Prepares a palette, if palettes are wanted.
  ///
  /// - Parameters:
  ///   - palette: The colors.
  ///   - header: The header of an image in these colors.
  /// - Returns: The palette; nil if none is wanted.
  /// - Throws: `NetpbmError` if it cannot be written, `OutOfMemory`.
  func prepare(_ palette: Palette, like header: PamHeader) throws -> PaletteOutput.Prepared? {
    try palettes?.prepare(palette, like: header)
  }

  /// Writes a prepared palette.
  ///
  /// - Throws: `SystemError`, `NetpbmError`.
  func write(_ palette: PaletteOutput.Prepared) throws {
    try palettes?.write(palette)
  }

  /// Writes a histogram if histograms are wanted.
  ///
  /// - Parameters:
  ///   - histogram: The colors and their pixel counts.
  ///   - header: The header of a counted image.
  /// - Throws: `SystemError`, `NetpbmError`, `OutOfMemory`.
  func write(_ histogram: Histogram, of header: PamHeader) throws {
    try histograms?.write(histogram, of: header)
  }

  /// Writes a line of the report if a report is wanted.
  ///
  /// - Throws: `SystemError`, `OutOfMemory`.
  func write(_ report: @autoclosure () throws -> Report) throws {
    if let reports {
      try report().write(to: reports)
    }
  }

  /// Closes all outputs. Standard output is last, so that its end shows that all files are complete.
  ///
  /// - Throws: `SystemError`.
  func close() throws {
    for output in outputs {
      try output.close()
    }
  }
}
