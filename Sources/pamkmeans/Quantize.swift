import PamStream
import Quantization

/// Runs the program: reads, counts, clusters, maps and writes each image, or all images together.
struct Quantize {
  private let settings: Settings
  private let given: PaletteArguments
  private let weights: PixelWeights?
  private let messages: Messages

  /// Chooses the palettes for `-track`.
  private let tracker: Tracker?

  /// Reads the files of colors that the options name, and opens the file of weights.
  ///
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`, `UsageError` if the number of colors in a file does not fit
  ///   the options.
  init(settings: Settings, messages: Messages) throws {
    given = try PaletteArguments(settings)
    if let map = given.map { try settings.paletteFormat?.check(map) }
    weights = try settings.weightPath.map { path in
      try PixelWeights(
        path: path, memoryLimit: settings.memoryLimit, threadCount: settings.kMeans.threadCount)
    }
    tracker = settings.isTracked ? Tracker(count: settings.kMeans.clusterCount) : nil
    self.settings = settings
    self.messages = messages
  }

  /// Quantizes every image of the input.
  ///
  /// - Throws: `NetpbmError`, `SystemError`, `TooFewColors`, `UsageError`, `OutOfMemory`. The images before the one
  ///   that caused the error have been written.
  func run() throws {
    let reader = try PamReader(path: settings.inputPath, memoryLimit: settings.memoryLimit)
    let outputs = try Outputs(settings, reading: reader)
    if reader.isTerminal {
      messages.note("waiting for a Netpbm image on standard input, which is a terminal; -help tells more")
    }
    if settings.readsHistograms {
      try runHistograms(reader, outputs)
      return try outputs.close()
    }
    let isKept = settings.needsPixels
    var previous: CountedImages?
    var first: PamHeader?
    var number = 1
    var watch = Stopwatch()
    var shared: CountedImages?
    while let header = try reader.nextHeader() {
      messages.verbose("image \(number): \(header.summary)")
      if HistogramImage.isOne(header) {
        messages.note(
          "image \(number) is a histogram, read as an image; \(OptionName.histogramInput) reads its colors")
      }
      if given.map == nil { try reader.named { try settings.paletteFormat?.check(header) } }
      if settings.isShared || settings.isTracked {
        try first?.checkIsLike(header, number: number, settings)
        first = first ?? header
      }
      if settings.isShared {
        shared =
          try shared
          ?? CountedImages(
            header, expectedCount: .max, limit: settings.colorLimit(of: header.asShared, for: given.goals),
            opacity: settings.opacity)
        try shared?.read(header, from: reader, isKept: isKept)
      } else {
        watch = Stopwatch()
        var images = try CountedImages(
          header, expectedCount: header.width * header.height,
          limit: settings.colorLimit(of: header, for: given.goals), opacity: settings.opacity,
          reusing: previous)
        try images.read(header, from: reader, isKept: isKept)
        try reader.named { try quantize(images, number: number, to: outputs, &watch) }
        previous = images.reusable
      }
      number += 1
    }
    if let shared {
      try quantize(shared, number: 1, to: outputs, &watch)
    }
    try weights?.checkEnd()
    try outputs.close()
  }

  /// Quantizes the sum of the histograms in the input.
  private func runHistograms(_ reader: PamReader, _ outputs: Outputs) throws {
    var watch = Stopwatch()
    let (histogram, header) = try HistogramReader(reader).readAll()
    try settings.paletteFormat?.check(header)
    guard settings.onlyCounts || histogram.pixelCount <= Self.pixelLimit else {
      throw NetpbmError("the histograms count more than \(Self.pixelLimit) pixels")
    }
    let isOpacityBinary = settings.opacity == .binary && header.tupleKind.hasOpacity
    let counted = isOpacityBinary ? try histogram.withBinaryOpacity() : histogram
    try quantize(CountedImages(header, counted), number: 1, to: outputs, &watch)
  }

  /// Maximum number of pixels whose sums of 16-bit coordinates fit in 64 bits.
  private static let pixelLimit = Int.max / 65535

  private func quantize(
    _ images: CountedImages, number: Int, to outputs: Outputs, _ watch: inout Stopwatch
  ) throws {
    let histogram = try images.histogram()
    watch.mark("reading")
    noteDroppedBits(of: images, number: number)
    if images.droppedBitCount == 0 {
      messages.verbose("\(histogram.count) color\(histogram.count == 1 ? "" : "s")")
    }
    try outputs.write(histogram, of: images.header)
    guard !settings.onlyCounts else { return }
    if let map = given.map {
      return try write(images, histogram, in: map, number: number, to: outputs, &watch)
    }
    let reducer = try reducer(images, histogram)
    try reducer.check(given.goals)
    for goal in given.goals {
      var watch = watch.resumed
      let reduction =
        try tracker?.reduction(of: reducer, order: settings.order) ?? reducer.reduction(to: goal)
      watch.mark("clustering")
      if let shortfall = goal.shortfall(of: reduction) {
        messages.note(settings.isShared ? shortfall : "image \(number): \(shortfall)")
      }
      if reduction.clustering != nil || settings.isTracked {
        messages.verbose(reduction.summary)
      }
      try images.write(reduction.mapping, of: histogram, as: { $0 }, to: outputs, settings)
      watch.mark("writing")
      messages.verbose(watch.summary)
      try outputs.write(
        report(on: reduction, of: images, histogram, number: number, by: reducer, watch))
    }
  }

  private func reducer(_ images: CountedImages, _ histogram: Histogram) throws -> Reducer {
    let header = images.header
    let isMeasured = settings.measuresPixels && images.droppedBitCount > 0
    let setting = try settings.colorSetting(of: header)
    return Reducer(
      histogram, in: setting, settings: settings.kMeans,
      weights: try weights?.next(images, histogram), emphasis: settings.emphasis,
      start: try given.start?.start(for: header.tupleKind),
      fixed: try given.fixed?.tuples(of: header, settings.opacity), snaps: settings.snaps,
      mixtureSide: settings.mixtureSide,
      measure: isMeasured
        ? { [settings] mapping in
          let losses = try images.losses(
            of: mapping, histogram, by: ErrorMeasure(setting, header.layout),
            threadCount: settings.kMeans.threadCount)
          return losses.elements.reduce(0) { $0 + $1.inertia }
        } : nil
    ) { [messages] run, iteration in
      messages.progress("run \(run), iteration \(iteration)")
    }
  }

  private func report(
    on reduction: Reduction, of images: CountedImages, _ histogram: Histogram, number: Int,
    by reducer: Reducer, _ watch: Stopwatch
  ) throws -> Report {
    let search = Report.Search(
      kMeans: settings.kMeans, isFromFile: given.start != nil, inertiaScale: try reducer.inertiaScale(),
      reduction: reduction)
    let setting = try settings.colorSetting(of: images.header)
    return try report(
      on: reduction.mapping, images.header.tupleKind, of: images, histogram, number: number,
      by: ErrorMeasure(setting, images.header.layout), search, watch)
  }

  /// Makes the report on an image that was mapped to a palette, whose planes are of a kind.
  private func report(
    on mapping: Mapping, _ kind: TupleKind, of images: CountedImages, _ histogram: Histogram, number: Int,
    by measure: ErrorMeasure, _ search: Report.Search?, _ watch: Stopwatch
  ) throws -> Report {
    let header = images.header
    let mapping = try mapping.sorted(settings.order, of: histogram, kind: kind)
    let losses = try images.losses(
      of: mapping, histogram, by: measure, threadCount: settings.kMeans.threadCount)
    let distortion = Distortion(
      inertia: losses.elements.reduce(0) { $0 + $1.inertia }, pixelCount: histogram.pixelCount,
      layout: header.layout, measure: measure)
    return Report(
      number: number, header: header, colorCount: images.droppedBitCount > 0 ? nil : histogram.count,
      palette: mapping.palette, losses: losses, setting: try settings.colorSetting(of: header),
      distortion: distortion, search: search, watch: watch)
  }

  /// Maps images to the colors of `-mapfile` and writes them.
  private func write(
    _ images: CountedImages, _ histogram: Histogram, in map: PaletteFile, number: Int,
    to outputs: Outputs, _ watch: inout Stopwatch
  ) throws {
    if settings.isExact { try map.check(images, histogram, settings) }
    let setting = try settings.colorSetting(of: images.header)
    let (mapping, header) = try map.map(
      images.header, histogram, in: setting, threadCount: settings.kMeans.threadCount)
    watch.mark("mapping")
    try images.write(mapping, of: histogram, as: { _ in header }, to: outputs, settings)
    watch.mark("writing")
    messages.verbose(watch.summary)
    let measure = ErrorMeasure(
      setting, images.header.layout, mapped: (header.tupleKind, header.layout.maxval))
    try outputs.write(
      report(on: mapping, header.tupleKind, of: images, histogram, number: number, by: measure, nil, watch))
  }

  /// Tells the user if similar colors were merged.
  private func noteDroppedBits(of images: CountedImages, number: Int) {
    let header = settings.isShared ? images.header.asShared : images.header
    guard images.droppedBitCount > 0, let limit = settings.colorLimit(of: header, for: given.goals)
    else { return }
    let dropped = images.droppedBitCount == 1 ? "bit" : "\(images.droppedBitCount) bits"
    messages.note(
      (settings.isShared ? "" : "image \(number): ")
        + "more than \(limit) colors: ignoring the lowest \(dropped) of each sample (\(OptionName.memory))"
    )
  }
}

extension PamHeader {
  /// The header of an image of the stream if there are color images among them.
  fileprivate var asShared: PamHeader { tupleKind.color == .gray ? widened : self }

  /// Checks that an image can have the palette of this image, which is the first, or a successor of that palette.
  ///
  /// - Throws: `NetpbmError` if it cannot.
  fileprivate func checkIsLike(_ other: PamHeader, number: Int, _ settings: Settings) throws(NetpbmError) {
    let option = settings.isShared ? OptionName.shared : .track
    guard other.layout.maxval == layout.maxval else {
      throw NetpbmError(
        "image \(number) has maxval \(other.layout.maxval), the first \(layout.maxval) (\(option)); pamdepth changes it"
      )
    }
    if settings.isShared, isGray(besideColor: other) || other.isGray(besideColor: self) { return }
    guard other.tupleKind.hasOpacity == tupleKind.hasOpacity else {
      throw NetpbmError(
        "image \(number) has \(other.tupleKind.hasOpacity ? "" : "no ")opacity, unlike the first (\(option)); pamchannel "
          + "removes it")
    }
    guard other.layout == layout else {
      throw NetpbmError(
        "image \(number) has depth \(other.layout.depth), the first \(layout.depth) (\(option)); pgmtoppm and ppmtopgm "
          + "change it")
    }
    guard other.tupleKind == tupleKind else {
      throw NetpbmError("image \(number) has another tuple type than the first (\(option))")
    }
  }
}
