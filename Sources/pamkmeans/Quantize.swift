import PamStream
import Quantization

/// The way of each image through the program: read and counted, clustered, mapped, written.
struct Quantize {
  private let settings: Settings
  private let messages: Messages

  init(settings: Settings, messages: Messages) {
    self.settings = settings
    self.messages = messages
  }

  /// Quantizes every image of the input.
  ///
  /// - Throws: `NetpbmError`, `SystemError` or `QuantizationError`; the images before the one at fault have been
  ///   written.
  func run() throws {
    let reader = try PamReader(path: settings.inputPath)
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
    let histogram = try tally.histogram()
    watch.mark("reading")
    messages.verbose("\(histogram.count) color\(histogram.count == 1 ? "" : "s")")

    let reducer = Reducer(histogram, settings: settings.kMeans) { [messages] run, iteration in
      messages.progress("run \(run), iteration \(iteration)")
    }
    for goal in settings.goals {
      var watch = watch.resumed
      let reduction = try reducer.reduction(to: goal)
      watch.mark("clustering")
      if let shortfall = goal.shortfall(of: reduction) {
        messages.note("image \(number): \(shortfall)")
      }

      if let clustering = reduction.clustering {
        messages.verbose(clustering.summary(inertiaScale: reducer.inertiaScale))
        let remap = try Remap(
          tally, labels: clustering.labels, palette: reduction.palette,
          threadCount: settings.kMeans.threadCount)
        try outputs.write(header, palette: reduction.palette) { write in
          try raster.replay { try remap.map($0, bytesPerRow: header.bytesPerRow, write) }
        }
      } else {
        try outputs.write(header, palette: reduction.palette, rows: raster.replay)
      }
      watch.mark("writing")
      messages.verbose(watch.summary)
      try outputs.write(
        Report(
          number: number, header: header, histogram: histogram, settings: settings.kMeans,
          reducer: reducer, reduction: reduction, watch: watch))
    }
  }
}
