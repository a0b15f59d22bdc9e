import Quantization

/// What the options ask for, read and checked.
package struct Settings: Sendable {
  /// Where palettes go, if anywhere.
  package enum PaletteDestination: Equatable, Sendable {
    /// To standard output, instead of the images.
    case standardOutput
    /// To the file of this name, beside the images.
    case file(String)
  }

  /// How much is said on standard error.
  package enum Verbosity: Sendable {
    /// Nothing but errors.
    case quiet
    /// What a user should know.
    case normal
    /// What is read, found and done, too.
    case verbose
  }

  package var kMeans: KMeansSettings

  /// The file to read; nil is standard input.
  package var inputPath: String?

  /// Bytes of memory for the raster of an image between its two walks; 0 or more.
  package var memoryLimit: Int

  /// Where the palettes are written; nil is nowhere.
  package var paletteDestination: PaletteDestination?

  /// Whether the plain formats are written.
  package var isPlain: Bool

  package var verbosity: Verbosity
}

extension Settings {
  /// More threads than this are not started, however many are asked for: each needs memory of its own.
  private static let threadLimit = 256

  /// Reads the values of the options.
  ///
  /// - Throws: `UsageError` for the first that is not what it should be.
  init(_ options: Options) throws(UsageError) {
    guard let colorCount = options.colorCount else { throw .missingColorCount }
    kMeans = KMeansSettings(clusterCount: try OptionValue(.colorCount, colorCount).wholeNumber(atLeast: 1))
    if let effort = options.effort {
      guard options.start == nil else { throw .conflict(.effort, .start) }
      kMeans.effort = try OptionValue(.effort, effort).choice(of: Options.efforts)
    }
    if let start = options.start {
      kMeans.start = try OptionValue(.start, start).choice(of: Options.starts)
    }
    kMeans.seed = try OptionValue(.seed, options.seed).wholeNumber(atLeast: 0)
    kMeans.runCount = try OptionValue(.runs, options.runs).wholeNumber(atLeast: 1)
    if let limit = options.iterationLimit {
      kMeans.iterationLimit = try OptionValue(.iterationLimit, limit).wholeNumber(atLeast: 0)
    }
    kMeans.tolerance = try OptionValue(.tolerance, options.tolerance).number()
    if let threads = options.threads {
      kMeans.threadCount = min(try OptionValue(.threads, threads).wholeNumber(atLeast: 1), Self.threadLimit)
    } else {
      kMeans.threadCount = ProcessorCount.available
    }
    if let memory = options.memory {
      memoryLimit = try OptionValue(.memory, memory).byteCount()
    } else {
      memoryLimit = AvailableMemory.byteCount / 4
    }
    if let palette = options.palette {
      let path = try OptionValue(.palette, palette).path()
      paletteDestination = path == "-" ? .standardOutput : .file(path)
    }
    inputPath = options.netpbmfile == "-" ? nil : options.netpbmfile
    isPlain = options.isPlain
    verbosity = options.isQuiet ? .quiet : options.isVerbose ? .verbose : .normal
  }
}
