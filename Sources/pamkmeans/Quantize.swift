import PamStream
import Quantization

/// The way of each image, or of all together, through the program: read and counted, clustered, mapped, written.
struct Quantize {
  private let settings: Settings
  private let given: GivenColors
  private let weights: PixelWeights?
  private let messages: Messages

  /// Reads the files of colors that the options name.
  ///
  /// - Throws: `NetpbmError`, `SystemError`, `QuantizationError`, `UsageError` where they are not what the options want.
  init(settings: Settings, messages: Messages) throws {
    given = try GivenColors(settings)
    weights = try settings.weightPath.map { path in
      try PixelWeights(
        path: path, memoryLimit: settings.memoryLimit, threadCount: settings.kMeans.threadCount)
    }
    self.settings = settings
    self.messages = messages
  }

  /// Quantizes every image of the input.
  ///
  /// - Throws: `NetpbmError`, `SystemError` or `QuantizationError`; the images before the one at fault have been
  ///   written.
  func run() throws {
    let reader = try PamReader(path: settings.inputPath, memoryLimit: settings.memoryLimit)
    let outputs = try Outputs(settings, reading: reader)
    // Rasters are walked again only to be written or weighed.
    let isKept = settings.paletteDestination != .standardOutput || weights != nil
    var number = 1
    var watch = Stopwatch()
    var shared: CountedImages?
    while let header = try reader.nextHeader() {
      messages.verbose("image \(number): \(header.summary)")
      if settings.isShared {
        try shared?.header.checkIsLike(header, number: number)
        shared =
          try shared
          ?? CountedImages(
            header, expectedCount: .max, limit: settings.colorLimit(of: header, for: given.goals))
        try shared?.read(header, from: reader, isKept: isKept)
      } else {
        watch = Stopwatch()
        var images = try CountedImages(
          header, expectedCount: header.width * header.height,
          limit: settings.colorLimit(of: header, for: given.goals))
        try images.read(header, from: reader, isKept: isKept)
        try quantize(images, number: number, to: outputs, &watch)
      }
      number += 1
    }
    if let shared {
      try quantize(shared, number: 1, to: outputs, &watch)
    }
    try weights?.checkEnd()
    try outputs.close()
  }

  private func quantize(
    _ images: CountedImages, number: Int, to outputs: Outputs, _ watch: inout Stopwatch
  ) throws {
    let header = images.header
    let histogram = try images.histogram()
    watch.mark("reading")
    noteDroppedBits(of: images, number: number)
    messages.verbose("\(histogram.count) color\(histogram.count == 1 ? "" : "s")")
    if let map = given.map {
      return try write(images, histogram, in: map, to: outputs, &watch)
    }
    let setting = try settings.colorSetting(of: header)
    let reducer = Reducer(
      histogram, in: setting, settings: settings.kMeans,
      weights: try weights?.next(images, histogram), start: try given.start?.start(for: header.tupleKind),
      fixed: try given.fixed?.tuples(of: header)
    ) { [messages] run, iteration in
      messages.progress("run \(run), iteration \(iteration)")
    }
    for goal in given.goals {
      var watch = watch.resumed
      let reduction = try reducer.reduction(to: goal)
      watch.mark("clustering")
      if let shortfall = goal.shortfall(of: reduction) {
        messages.note(settings.isShared ? shortfall : "image \(number): \(shortfall)")
      }
      if reduction.clustering != nil {
        messages.verbose(reduction.summary)
      }
      try images.write(reduction.mapping, of: histogram, as: { $0 }, to: outputs, settings)
      watch.mark("writing")
      messages.verbose(watch.summary)
      try outputs.write(
        Report(
          number: number, header: header, histogram: histogram, kMeans: settings.kMeans, colors: setting,
          isFromFile: given.start != nil, reducer: reducer, reduction: reduction, watch: watch))
    }
  }

  /// Writes images in given colors.
  private func write(
    _ images: CountedImages, _ histogram: Histogram, in map: PaletteFile, to outputs: Outputs,
    _ watch: inout Stopwatch
  ) throws {
    let (mapping, header) = try map.map(
      images.header, histogram, in: settings.colorSetting(of: images.header),
      threadCount: settings.kMeans.threadCount)
    try images.write(mapping, of: histogram, as: { _ in header }, to: outputs, settings)
    watch.mark("mapping")
    messages.verbose(watch.summary)
  }

  /// Tells the user if near colors were counted as one.
  private func noteDroppedBits(of images: CountedImages, number: Int) {
    guard images.droppedBitCount > 0, let limit = settings.colorLimit(of: images.header, for: given.goals)
    else { return }
    let dropped = images.droppedBitCount == 1 ? "bit" : "\(images.droppedBitCount) bits"
    messages.note(
      (settings.isShared ? "" : "image \(number): ")
        + "more than \(limit) colors: the lowest \(dropped) of each sample count for nothing (\(OptionName.memory))"
    )
  }
}

extension PamHeader {
  /// Looks whether another image can have the same palette as this first one.
  ///
  /// - Throws: `NetpbmError` if it cannot.
  fileprivate func checkIsLike(_ other: PamHeader, number: Int) throws(NetpbmError) {
    guard other.layout == layout else {
      throw NetpbmError(
        "image \(number) has depth \(other.layout.depth) and maxval \(other.layout.maxval), the first \(layout.depth) and "
          + "\(layout.maxval): \(OptionName.shared) wants one of each; pamdepth changes the maxval")
    }
    guard other.tupleKind == tupleKind else {
      throw NetpbmError("image \(number) has another tuple type than the first (\(OptionName.shared))")
    }
  }
}
