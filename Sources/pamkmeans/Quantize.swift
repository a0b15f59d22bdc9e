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
    let reader = try PamReader(path: settings.inputPath, memoryLimit: settings.memoryLimit)
    let outputs = try Outputs(settings)
    var number = 1
    while let header = try reader.nextHeader() {
      messages.verbose("image \(number): \(header.summary)")
      try quantize(header, from: reader, to: outputs)
      number += 1
    }
    try outputs.close()
  }

  private func quantize(_ header: PamHeader, from reader: PamReader, to outputs: Outputs) throws {
    var watch = Stopwatch()
    let tally = try Tally(layout: header.layout, expectedCount: header.width * header.height)
    let raster = try reader.readRaster(header, counting: tally.add)
    let histogram = try tally.histogram()
    watch.mark("reading")
    messages.verbose("\(histogram.count) color\(histogram.count == 1 ? "" : "s")")

    if histogram.count <= settings.kMeans.clusterCount {
      try outputs.write(header, palette: Palette(histogram), rows: raster.replay)
    } else {
      let space = SampleSpace(histogram)
      let clustering = try KMeans(settings.kMeans).cluster(space.points()) { run, iteration in
        messages.progress("run \(run), iteration \(iteration)")
      }
      let palette = try space.palette(clustering)
      watch.mark("clustering")
      messages.verbose(clustering.summary(inertiaScale: space.inertiaScale))

      let remap = try Remap(
        tally, labels: clustering.labels, palette: palette, threadCount: settings.kMeans.threadCount)
      try outputs.write(header, palette: palette) { write in
        try raster.replay { try remap.map($0, bytesPerRow: header.bytesPerRow, write) }
      }
    }
    watch.mark("writing")
    messages.verbose(watch.summary)
  }
}
