import PamStream
import Quantization

/// The way of each image through the program: read and counted, clustered, mapped, written.
struct Quantize {
  private let settings: Settings
  private let given: GivenColors
  private let messages: Messages

  /// Reads the files of colors that the options name.
  ///
  /// - Throws: `NetpbmError`, `SystemError`, `QuantizationError`, `UsageError` where they are not what the options want.
  init(settings: Settings, messages: Messages) throws {
    given = try GivenColors(settings)
    self.settings = settings
    self.messages = messages
  }

  /// Quantizes every image of the input.
  ///
  /// - Throws: `NetpbmError`, `SystemError` or `QuantizationError`; the images before the one at fault have been
  ///   written.
  func run() throws {
    let reader = try PamReader(path: settings.inputPath, memoryLimit: settings.memoryLimit)
    let outputs = try Outputs(settings)
    var number = 1
    while let header = try reader.nextHeader() {
      messages.verbose("image \(number): \(header.summary)")
      try quantize(header, number: number, from: reader, to: outputs)
      number += 1
    }
    try outputs.close()
  }

  private func quantize(
    _ header: PamHeader, number: Int, from reader: PamReader, to outputs: Outputs
  ) throws {
    var watch = Stopwatch()
    let tally = try Tally(layout: header.layout, expectedCount: header.width * header.height)
    let raster = try reader.readRaster(header, counting: tally.add)
    let image = CountedImage(header: header, raster: raster, tally: tally, histogram: try tally.histogram())
    watch.mark("reading")
    messages.verbose("\(image.histogram.count) color\(image.histogram.count == 1 ? "" : "s")")

    if let map = given.map {
      let (mapping, mapped) = try map.map(
        header, image.histogram, in: settings.reduction(of: header), threadCount: settings.kMeans.threadCount)
      try image.write(mapping, as: mapped, to: outputs, settings)
      watch.mark("mapping")
      messages.verbose(watch.summary)
      return
    }
    let reducer = Reducer(
      image.histogram, in: try settings.reduction(of: header), settings: settings.kMeans,
      start: try given.start?.start(for: header.tupleKind)
    ) { [messages] run, iteration in
      messages.progress("run \(run), iteration \(iteration)")
    }
    for goal in given.goals {
      var watch = watch.resumed
      let reduction = try reducer.reduction(to: goal)
      watch.mark("clustering")
      if let shortfall = goal.shortfall(of: reduction) {
        messages.note("image \(number): \(shortfall)")
      }
      if reduction.clustering != nil {
        messages.verbose(reduction.summary)
      }
      try image.write(reduction.mapping, as: header, to: outputs, settings)
      watch.mark("writing")
      messages.verbose(watch.summary)
      try outputs.write(
        Report(
          number: number, header: header, histogram: image.histogram, settings: settings.kMeans,
          isFromFile: given.start != nil, reducer: reducer, reduction: reduction, watch: watch))
    }
  }
}
