import Memory
import PamStream
import Quantization

/// Images that have been read and counted together, and can be mapped and written several times. It may also be a
/// histogram without images.
struct CountedImages {
  /// The header of the first image. If it is gray and a later image is color, it is converted to color.
  private(set) var header: PamHeader

  /// The rasters of all images whose pixels are kept.
  private(set) var rasters: [ConvertedRaster] = []

  private var counts: Counts

  /// The histogram of the gray images before the first color image, if no pixels are kept.
  private var grayHistogram: Histogram?

  private let expectedCount: Int
  private let limit: Int?

  /// Whether opacity becomes 0 or maxval.
  private let isOpacityBinary: Bool

  private enum Counts {
    case tally(Tally)
    case histogram(Histogram)
  }

  /// The tally of the images. There must be images, not only a histogram.
  private var tally: Tally {
    guard case .tally(let tally) = counts else { preconditionFailure("a histogram has no pixels") }
    return tally
  }

  /// Takes a histogram without pixels.
  ///
  /// - Parameters:
  ///   - header: The header of an image with the counted pixels.
  ///   - histogram: The colors and their pixel counts.
  init(_ header: PamHeader, _ histogram: Histogram) {
    self.header = header
    expectedCount = 0
    limit = nil
    isOpacityBinary = false
    counts = .histogram(histogram)
  }

  /// Creates an empty collection of images.
  ///
  /// - Parameters:
  ///   - header: The header of the first image.
  ///   - expectedCount: Expected number of pixels. It affects only the speed.
  ///   - limit: Maximum number of distinct colors. If there are more, similar colors are merged; nil is no limit.
  ///   - opacity: The meaning of opacity.
  ///   - previous: Images that are no longer needed. Their table is reused if possible.
  /// - Throws: `OutOfMemory`.
  init(
    _ header: PamHeader, expectedCount: Int, limit: Int?, opacity: OpacityModel,
    reusing previous: CountedImages? = nil
  ) throws {
    self.header = header
    isOpacityBinary = opacity == .binary && header.tupleKind.hasOpacity
    self.expectedCount = expectedCount
    self.limit = limit
    if let previous, previous.limit == limit,
      try previous.tally.clear(layout: header.layout, expectedCount: expectedCount)
    {
      counts = previous.counts
    } else {
      counts = .tally(try Tally(layout: header.layout, expectedCount: expectedCount, limit: limit))
    }
  }

  /// The images without their pixels, for the argument `reusing` of the initializer; nil if reuse would not save time.
  var reusable: CountedImages? {
    guard case .tally(let tally) = counts, tally.isReusable else { return nil }
    var images = self
    images.rasters = []
    return images
  }

  /// Reads and counts an image. If there are gray and color images, gray ones are converted to color.
  ///
  /// - Parameters:
  ///   - header: The header of the image. Its layout is that of the first image, unless one is gray and the other
  ///     color.
  ///   - reader: The stream after the header.
  ///   - isKept: Whether the pixels are kept for another pass.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  mutating func read(_ header: PamHeader, from reader: PamReader, isKept: Bool) throws {
    if self.header.isGray(besideColor: header) { try widen() }
    let conversion = TupleConversion(
      header.layout, isWidened: header.isGray(besideColor: self.header), isOpacityBinary: isOpacityBinary)
    let tally = self.tally
    let raster = try reader.readRaster(header, isKept: isKept) { try conversion.convert($0, tally.add) }
    if isKept { rasters.append(ConvertedRaster(raster, conversion)) }
  }

  /// Converts the gray images that have been read to color.
  private mutating func widen() throws {
    let gray = tally
    header = header.widened
    let color = try Tally(layout: header.layout, expectedCount: expectedCount, limit: limit)
    counts = .tally(color)
    if rasters.isEmpty {
      grayHistogram = try gray.histogram()
    }
    rasters = rasters.map { $0.widened }
    for raster in rasters {
      try raster.replay(color.add)
    }
  }

  /// The histogram of all images. Call it once, after the last image.
  ///
  /// - Throws: `OutOfMemory`.
  func histogram() throws -> Histogram {
    switch counts {
    case .tally(let tally):
      try grayHistogram.map { try tally.histogram().adding(gray: $0) } ?? tally.histogram()
    case .histogram(let histogram): histogram
    }
  }

  /// Number of lowest bits of each sample that are ignored, because there are too many colors.
  var droppedBitCount: Int {
    if case .tally(let tally) = counts { tally.droppedBitCount } else { 0 }
  }

  /// Prepares to find the number of each pixel's tuple. The result is valid until the images are written.
  ///
  /// - Throws: `OutOfMemory`.
  func tupleNumbers(_ histogram: Histogram, threadCount: Int) throws -> TupleNumbers {
    try TupleNumbers(tally, histogram, threadCount: threadCount)
  }

  /// Finds the first pixel that has one of the wanted tuples. The pixels have to be kept.
  ///
  /// - Parameters:
  ///   - wanted: For each tuple, whether it is wanted.
  ///   - histogram: The tuples.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The column and row of the pixel, from 0 at the top left, and the number of its tuple; nil if no pixel
  ///   has a wanted tuple.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  func firstPixel(
    _ wanted: Storage<Bool>, _ histogram: Histogram, threadCount: Int
  ) throws -> (column: Int, row: Int, tuple: Int)? {
    let numbers = try tupleNumbers(histogram, threadCount: threadCount)
    for raster in rasters {
      var found: (place: Int, tuple: Int)?
      var place = 0
      let width = raster.header.width
      try raster.replay { rows in
        guard found == nil else { return }
        try numbers.map(rows, width: width) { numbers in
          for number in numbers {
            if found == nil, wanted.base[Int(number)] { found = (place, Int(number)) }
            place += 1
          }
        }
      }
      if let found { return (found.place % width, found.place / width, found.tuple) }
    }
    return nil
  }

  /// Measures the pixels and the inertia of each palette color.
  ///
  /// - Parameters:
  ///   - mapping: The palette and the color of each tuple.
  ///   - histogram: The tuples.
  ///   - measure: The error between tuples of the images and colors of the palette.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The loss of each color. If colors were merged and the pixels are kept, it is measured on the pixels.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  func losses(
    of mapping: Mapping, _ histogram: Histogram, by measure: ErrorMeasure, threadCount: Int
  ) throws -> Storage<Mapping.Loss> {
    guard droppedBitCount > 0, !rasters.isEmpty else { return try mapping.losses(of: histogram, by: measure) }
    let losses = try PixelLosses(
      mapping, by: measure, of: histogram, tupleNumbers(histogram, threadCount: threadCount))
    for raster in rasters {
      try raster.replay { try losses.add($0, width: raster.header.width) }
    }
    return losses.losses
  }

  /// Writes the mapped images and the palette to those outputs that want them.
  ///
  /// - Parameters:
  ///   - mapping: The palette and the color of each tuple.
  ///   - histogram: The tuples.
  ///   - mapped: Converts the header of an image to that of the mapped image.
  ///   - outputs: The outputs.
  ///   - settings: The order of the palette, the dithering, and whether to write palette indices instead of colors.
  /// - Throws: `NetpbmError` if there are too many colors for indices, or if dithering needs another layout;
  ///   `SystemError`, `OutOfMemory`.
  func write(
    _ mapping: Mapping, of histogram: Histogram, as mapped: (PamHeader) -> PamHeader, to outputs: Outputs,
    _ settings: Settings
  ) throws {
    let lexicographic = mapping.palette
    let mapping = try mapping.sorted(settings.order, of: histogram, kind: mapped(header).tupleKind)
    let palette = try outputs.prepare(mapping.palette, like: mapped(header))
    let indices = try settings.isIndex ? numbers(mapping) : nil
    let change =
      try rasters.isEmpty
      ? .nothing : change(to: mapping, lexicographic, numbered: indices, of: histogram, settings)
    for raster in rasters {
      var written = mapped(raster.header)
      if let indices {
        written.format = .pgm
        written.layout = indices.layout
        written.tupleType = "GRAYSCALE"
      }
      try outputs.write(written) { write in
        switch change {
        case .nothing:
          try raster.replay(write)
        case .remap(let remap):
          try raster.replay { try remap.map($0, bytesPerRow: raster.header.bytesPerRow, write) }
        case .dither(let dither):
          try dither.begin(width: raster.header.width)
          try raster.replay { try dither.map($0, write) }
        }
      }
    }
    if let palette { try outputs.write(palette) }
  }

  /// The operation that is applied to pixels.
  private enum Change {
    case nothing
    case remap(Remap)
    case dither(Dither)
  }

  /// Chooses the operation. Pixels stay as they are if all have their own color and no indices are wanted.
  private func change(
    to mapping: Mapping, _ lexicographic: Palette, numbered indices: Palette?, of histogram: Histogram,
    _ settings: Settings
  ) throws -> Change {
    guard let labels = try indices != nil ? mapping.labels(of: histogram) : mapping.labels else {
      return .nothing
    }
    if let dither = settings.dither, !mapping.isIdentity {
      let written = try indices?.reordered(like: mapping.palette) ?? lexicographic
      return .dither(try self.dither(dither, lexicographic, histogram, as: written, settings))
    }
    return .remap(
      try Remap(
        tally, labels: labels, palette: indices ?? mapping.palette, threadCount: settings.kMeans.threadCount))
  }

  /// Prepares the dithering of the images.
  private func dither(
    _ dither: DitherSettings, _ palette: Palette, _ histogram: Histogram, as written: Palette,
    _ settings: Settings
  ) throws -> Dither {
    guard palette.layout == header.layout else {
      throw NetpbmError(
        "the colors have other planes or another maxval than the image (\(OptionName.dither)): pgmtoppm, ppmtopgm or "
          + "pamdepth makes them alike")
    }
    let threadCount = settings.kMeans.threadCount
    return try Dither(
      dither, DitherColors(palette, histogram, in: settings.colorSetting(of: header)),
      TupleNumbers(tally, histogram, threadCount: threadCount), writing: written, threadCount: threadCount)
  }

  /// The palette indices as gray colors.
  private func numbers(_ mapping: Mapping) throws -> Palette {
    guard mapping.palette.count <= 65536 else {
      throw NetpbmError("\(mapping.palette.count) colors: no more than 65536 can have indices (-index)")
    }
    return try mapping.indices()
  }
}
