import Clustering
import PamStream
import Quantization

/// The values of all options, parsed and checked.
package struct Settings: Sendable {
  /// The destination of palettes or histograms.
  package enum Destination: Equatable, Sendable {
    /// Standard output, instead of the images.
    case standardOutput
    /// The file of this name, in addition to the images.
    case file(String)
  }

  /// The kinds of messages on standard error.
  package enum Verbosity: Sendable {
    /// Only errors.
    case quiet
    /// Errors and notes.
    case normal
    /// Errors, notes and details of each step.
    case verbose
  }

  /// The numbers of colors wanted. Each goal gives one output image for each image. It is empty if a file determines
  /// the number, or if only histograms are written.
  package var goals: [ColorGoal]

  /// The settings of the clustering. The number of clusters is the maximum of the first goal.
  package var kMeans: KMeansSettings

  /// The color space of distances, and the meaning of opacity.
  package var space = ColorSpace.sample
  package var opacity = OpacityModel.premultiplied

  /// The files of `-mapfile` and `-initfile`; nil is none. The options exclude each other.
  package var mapPath: String?
  package var startPath: String?

  /// The file of the colors that have to be in every palette; nil is none.
  package var fixedPath: String?

  /// Whether palette entries have to be colors of the image.
  package var snaps = false

  /// The bits per plane of the device whose colors palettes consist of; nil is any color.
  package var depths: [Int]?

  /// The file of the pixels' weights; nil means that all pixels have the same weight.
  package var weightPath: String?

  /// The exponent *e*, 0 to 1: the weight of a color is divided by the density around the color to the power of *e*.
  package var emphasis = 0.0

  /// Whether all images of the input get one palette.
  package var isShared: Bool

  /// Whether the palette of each image evolves from the palette of the image before.
  package var isTracked: Bool

  /// The order of palettes.
  package var order = PaletteOrder.rgb

  /// Whether a palette keeps the order of the file of `-mapfile`, including duplicates.
  package var keepsFileOrder = false

  /// Whether a color that is not in the file of `-mapfile` is an error.
  package var isExact = false

  /// The dithering method and strength; nil is none.
  package var dither: DitherSettings?

  /// The side of the squares whose means the palette is chosen to reproduce by dithering; nil is a palette with the lowest
  /// error of single pixels.
  package var mixtureSide: Int?

  /// Whether palette indices are written instead of colors.
  package var isIndex: Bool

  /// The file to read; nil is standard input.
  package var inputPath: String?

  /// Maximum number of bytes in memory for rasters that are kept for another pass, 0 or more.
  package var memoryLimit: Int

  /// Maximum number of distinct colors of an image that fit in the memory of `-memory`; nil is no limit.
  ///
  /// If an image has more, similar colors are merged.
  package var colorLimit: Int?

  /// The destination of palettes; nil is none.
  package var paletteDestination: Destination?

  /// The destination of histograms; nil is none.
  package var histogramDestination: Destination?

  /// Whether the input consists of histograms instead of images.
  package var readsHistograms: Bool

  /// The format of palettes; nil is an image of one row.
  package var paletteFormat: PaletteFormat?

  /// The file for the report; nil is none.
  package var reportPath: String?

  /// Whether the plain formats are written.
  package var isPlain: Bool

  package var verbosity: Verbosity
}

extension Settings {
  /// Maximum number of threads, even if the user asks for more: each thread needs its own memory.
  private static let threadLimit = 256

  /// Bytes of `-memory` that are reserved for each distinct color. A color takes 20 to 100 bytes, and the pixels need
  /// some memory too.
  private static let bytesPerColor = 256

  /// Parses the values of the options.
  ///
  /// - Throws: `UsageError` for the first invalid value.
  init(_ options: Options) throws(UsageError) {
    goals = try Self.goals(options)
    kMeans = KMeansSettings(clusterCount: goals.first?.ceiling ?? 1)
    if let space = options.color.space {
      self.space = try OptionValue(.space, space).choice(of: Options.spaces)
    }
    if let opacity = options.color.opacity {
      self.opacity = try OptionValue(.opacity, opacity).choice(of: Options.opacities)
    }
    if let effort = options.clustering.effort {
      kMeans.effort = try OptionValue(.effort, effort).choice(of: Options.efforts)
    }
    if let start = options.clustering.start {
      kMeans.start = try OptionValue(.start, start).choice(of: Options.starts)
    }
    kMeans.seed = try OptionValue(.seed, options.clustering.seed).wholeNumber(atLeast: 0)
    kMeans.runCount = try OptionValue(.runs, options.clustering.runs).wholeNumber(atLeast: 1)
    if let limit = options.clustering.iterationLimit {
      kMeans.iterationLimit = try OptionValue(.iterationLimit, limit).wholeNumber(atLeast: 0)
    }
    kMeans.tolerance = try OptionValue(.tolerance, options.clustering.tolerance).number()
    if let threads = options.process.threads {
      kMeans.threadCount = min(try OptionValue(.threads, threads).wholeNumber(atLeast: 1), Self.threadLimit)
    } else {
      kMeans.threadCount = ProcessorCount.available
    }
    if let memory = options.process.memory {
      memoryLimit = try OptionValue(.memory, memory).byteCount()
      colorLimit = memoryLimit / Self.bytesPerColor
    } else {
      memoryLimit = AvailableMemory.byteCount / 4
    }
    paletteDestination = try Self.destination(.palette, options.palettes.palette)
    histogramDestination = try Self.destination(.histogramOutput, options.output.histogramOutput)
    readsHistograms = options.output.isHistogram
    paletteFormat = try Self.paletteFormat(options, goals)
    weightPath = try Self.path(of: .weightFile, options.color.weightFile)
    if let emphasis = options.color.emphasis {
      self.emphasis = try OptionValue(.emphasis, emphasis).number(atMost: 1)
    }
    mapPath = try Self.path(of: .mapFile, options.palettes.mapFile)
    snaps = options.palettes.snaps
    depths = try options.palettes.depths.map { text throws(UsageError) in
      try OptionValue(.depths, text).bitCounts()
    }
    fixedPath = try Self.path(of: .fixed, options.palettes.fixed)
    startPath = try Self.path(of: .startFile, options.clustering.startFile)
    if let text = options.palettes.order {
      if let order = try OptionValue(.order, text).choice(of: Options.orders) {
        self.order = order
      } else {
        keepsFileOrder = true
        guard mapPath != nil else { throw .fileOrderWithoutFile }
      }
    }
    isExact = options.palettes.isExact
    guard !isExact || mapPath != nil else { throw .exactWithoutFile }
    isShared = options.output.isShared
    isTracked = options.output.isTracked
    guard !isTracked || goals.count <= 1 else { throw .listWithTrack }
    dither = try Self.dither(options)
    mixtureSide = try options.dithering.ditherSpread.map { text throws(UsageError) in
      try OptionValue(.ditherSpread, text).wholeNumber(atLeast: 1)
    }
    if mixtureSide != nil && dither == nil {
      // With strength 0, there is nothing to spread the palette for.
      guard options.dithering.ditherStrength != nil else { throw .withoutDither(.ditherSpread) }
      mixtureSide = nil
    }
    isIndex = options.palettes.isIndex
    guard !isIndex || paletteDestination != .standardOutput else { throw .indexWithoutImages }
    if let report = options.output.report {
      guard report != "-" else {
        throw .badValue(.report, report, wanted: "a file: standard output is for images")
      }
      reportPath = try OptionValue(.report, report).path()
    }
    inputPath = options.netpbmfile == "-" ? nil : options.netpbmfile
    isPlain = options.output.isPlain
    verbosity = options.process.isQuiet ? .quiet : options.process.isVerbose ? .verbose : .normal
  }

  /// Maximum number of distinct colors of an image before similar colors are merged; nil is no limit.
  ///
  /// It is so large that at least the wanted number of colors remains: a bit of each sample is dropped only above the
  /// limit, and merges at most 2^depth colors into one.
  func colorLimit(of image: PamHeader, for goals: [ColorGoal]) -> Int? {
    // Histograms are exact, so their sum does not depend on how the images were divided.
    guard let colorLimit, histogramDestination == nil, !isExact, !snaps, !isTracked else { return nil }
    let wanted = goals.compactMap(\.ceiling).max() ?? 0
    let (enough, overflow) = wanted.multipliedReportingOverflow(by: 1 << min(image.layout.depth, 8))
    return max(colorLimit, 1 << 16, overflow ? Int.max : enough)
  }

  /// Whether the inertia has to be measured on pixels: similar colors may be merged, and the inertia is reported or
  /// determines the number of colors.
  var measuresPixels: Bool {
    colorLimit != nil
      && (reportPath != nil || verbosity == .verbose
        || goals.contains { goal in
          if case .decibels = goal { true } else { false }
        })
  }

  /// Whether images are only counted.
  var onlyCounts: Bool { histogramDestination == .standardOutput }

  /// Whether images are written.
  var writesImages: Bool { paletteDestination != .standardOutput && !onlyCounts && !readsHistograms }

  /// Whether a second pass over the pixels is needed: to write, check, weight or measure them, or, if similar colors
  /// may be merged, to count gray images again as color.
  var needsPixels: Bool {
    writesImages || isExact || weightPath != nil || measuresPixels || isShared && colorLimit != nil
  }

  /// Whether the content of standard output is readable in a terminal.
  var writesText: Bool {
    if readsHistograms && paletteDestination != .standardOutput && !onlyCounts { return true }
    guard paletteDestination == .standardOutput, let paletteFormat else { return isPlain }
    return paletteFormat.isText
  }

  /// Whether standard output receives images, or palettes in the form of images.
  var writesImageFormat: Bool {
    !onlyCounts && (paletteDestination != .standardOutput || paletteFormat == nil)
  }

  /// The meaning of an image's planes, and the color space.
  ///
  /// - Throws: `NetpbmError` if the color space needs gray or RGB and the image has other planes.
  func colorSetting(of image: PamHeader) throws(NetpbmError) -> ColorSetting {
    var setting = ColorSetting(kind: image.tupleKind)
    setting.space = space
    setting.opacity = opacity
    if case .planes = setting.kind.color {
      guard space == .sample else {
        throw NetpbmError("\(OptionName.space) \(space.rawValue) is for gray and RGB, not for other planes")
      }
      guard depths == nil else {
        throw NetpbmError("\(OptionName.depths) is for gray and RGB, not for other planes")
      }
    }
    if let depths {
      setting.levels = DeviceLevels(depths: depths, image.tupleKind, maxval: image.layout.maxval)
      guard setting.levels != nil else {
        throw NetpbmError(
          "\(OptionName.depths) has numbers for \(depths.count) planes, but the image has \(image.layout.depth)"
        )
      }
    }
    return setting
  }

  /// The name of a file that is read besides the images. It must not be standard input.
  private static func path(of name: OptionName, _ text: String?) throws(UsageError) -> String? {
    guard let text else { return nil }
    guard text != "-" else { throw .badValue(name, text, wanted: "a file: standard input is for images") }
    return try OptionValue(name, text).path()
  }

  private static func destination(_ name: OptionName, _ text: String?) throws(UsageError) -> Destination? {
    guard let path = try text.map({ text throws(UsageError) in try OptionValue(name, text).path() }) else {
      return nil
    }
    return path == "-" ? .standardOutput : .file(path)
  }

  /// The format of palettes. It has to be able to hold the wanted number of colors. A file has only one palette, so a
  /// list of color counts is an error.
  private static func paletteFormat(
    _ options: Options, _ goals: [ColorGoal]
  ) throws(UsageError) -> PaletteFormat? {
    guard let text = options.palettes.paletteFormat else { return nil }
    guard options.palettes.palette != nil else { throw .formatWithoutPalette }
    guard let format = try OptionValue(.paletteFormat, text).choice(of: Options.paletteFormats) else {
      return nil
    }
    guard goals.count <= 1 else { throw .listWithFormat(format) }
    if case .colorCount(let count) = goals.first, let capacity = format.capacity, count > capacity {
      throw .paletteCount(count, format, limit: capacity)
    }
    return format
  }

  private static func dither(_ options: Options) throws(UsageError) -> DitherSettings? {
    var method = try options.dithering.dither.flatMap { text throws(UsageError) in
      try OptionValue(.dither, text).choice(of: Options.dithers)
    }
    if options.dithering.isFloyd {
      guard options.dithering.dither == nil || method == .floyd else { throw .conflict(.floyd, .dither) }
      method = .floyd
    }
    guard let text = options.dithering.ditherStrength else { return method.map { DitherSettings($0) } }
    let part = try OptionValue(.ditherStrength, text).number(atMost: 1)
    guard let method else { throw .withoutDither(.ditherStrength) }
    let strength = Int((part * Double(DitherSettings.wholeStrength)).rounded())
    return strength == 0 ? nil : DitherSettings(method, strength: strength)
  }

  private static func goals(_ options: Options) throws(UsageError) -> [ColorGoal] {
    if let method = options.clustering.method,
      try OptionValue(.method, method).choice(of: Options.methods) == .meanShift
    {
      let bandwidth = try options.clustering.bandwidth.map { text throws(UsageError) in
        try OptionValue(.bandwidth, text).number()
      }
      return [.modes(bandwidth: bandwidth ?? Options.bandwidth)]
    }
    guard options.clustering.bandwidth == nil else { throw .bandwidthWithoutModes }
    var counts = [Int]()
    if let colorCount = options.count.colorCount {
      counts = try OptionValue(.colorCount, colorCount).wholeNumbers(atLeast: 1)
    }
    guard let decibels = options.count.decibels else {
      guard
        !counts.isEmpty || options.palettes.mapFile != nil || options.clustering.startFile != nil
          || options.output.histogramOutput == "-"
      else {
        throw .missingColorCount(
          file: options.netpbmfile, isCounting: options.output.histogramOutput != nil)
      }
      return counts.map(ColorGoal.colorCount)
    }
    guard counts.count <= 1 else { throw .listWithDecibels }
    let ceiling = counts.first ?? Options.colorCeiling
    return [.decibels(try OptionValue(.decibels, decibels).number(), ceiling: ceiling)]
  }
}
