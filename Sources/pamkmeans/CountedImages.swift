import Memory
import PamStream
import Quantization

/// Images that have been read and counted together, to be mapped and written as often as wanted; or their histogram alone.
struct CountedImages {
  /// The first image's header. If it is gray and a later one is color, that of the first as a color image.
  private(set) var header: PamHeader

  /// The rasters of all, if they are to be written.
  private(set) var rasters: [ColorRaster] = []

  private var counts: Counts

  /// The gray images before the first color image, if no pixels are kept.
  private var grayHistogram: Histogram?

  private let expectedCount: Int
  private let limit: Int?

  private enum Counts {
    case tally(Tally)
    case histogram(Histogram)
  }

  /// What counts the pixels that are kept.
  private var tally: Tally {
    guard case .tally(let tally) = counts else { preconditionFailure("a histogram has no pixels") }
    return tally
  }

  /// Takes a histogram.
  ///
  /// - Parameters:
  ///   - header: The header of an image with these pixels.
  ///   - histogram: Their counts.
  init(_ header: PamHeader, _ histogram: Histogram) {
    self.header = header
    expectedCount = 0
    limit = nil
    counts = .histogram(histogram)
  }

  /// Counts no image yet.
  ///
  /// - Parameters:
  ///   - header: The first image's.
  ///   - expectedCount: Pixels expected; decides only how they are counted.
  ///   - limit: Different colors at the most, beyond which near ones are counted as one; nil is no limit.
  ///   - previous: Images that are not needed any more and were counted with the same limit, whose tables are used again.
  /// - Throws: `OutOfMemory`.
  init(_ header: PamHeader, expectedCount: Int, limit: Int?, reusing previous: CountedImages? = nil) throws {
    self.header = header
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

  /// The same without pixels, for their memory to be used again.
  var withoutPixels: CountedImages {
    var images = self
    images.rasters = []
    return images
  }

  /// Reads and counts an image. Gray images count as color if there are color images.
  ///
  /// - Parameters:
  ///   - header: Its header: of the layout of the first, or gray beside color.
  ///   - reader: Where it comes from.
  ///   - isKept: Whether it is to be written.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  mutating func read(_ header: PamHeader, from reader: PamReader, isKept: Bool) throws {
    if self.header.isGray(besideColor: header) { try widen() }
    let isWidened = header.isGray(besideColor: self.header)
    let tally = self.tally
    let raster = try reader.readRaster(header, isKept: isKept) { tuples in
      try isWidened ? ColorRaster.widen(tuples, header.layout, tally.add) : tally.add(tuples)
    }
    if isKept { rasters.append(ColorRaster(raster, isWidened: isWidened)) }
  }

  /// Makes color images of the gray ones that have been read.
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

  /// The different tuples of all; to be asked for once, when all have been read.
  ///
  /// - Throws: `OutOfMemory`.
  func histogram() throws -> Histogram {
    switch counts {
    case .tally(let tally):
      try grayHistogram.map { try tally.histogram().adding(gray: $0) } ?? tally.histogram()
    case .histogram(let histogram): histogram
    }
  }

  /// Bits of each sample that are not told apart, because there would be too many colors.
  var droppedBitCount: Int {
    if case .tally(let tally) = counts { tally.droppedBitCount } else { 0 }
  }

  /// Tells which of the tuples each pixel has, until the images are written.
  ///
  /// - Throws: `OutOfMemory`.
  func tupleNumbers(_ histogram: Histogram, threadCount: Int) throws -> TupleNumbers {
    try TupleNumbers(tally, histogram, threadCount: threadCount)
  }

  /// Finds the first pixel with one of some tuples. The pixels are kept.
  ///
  /// - Parameters:
  ///   - wanted: For each tuple whether it is wanted; some are.
  ///   - histogram: The tuples.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The place of the pixel, from 0 at the top left, and its tuple's number.
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

  /// What colors cost.
  ///
  /// - Parameters:
  ///   - mapping: The colors of the tuples.
  ///   - histogram: The tuples.
  ///   - settings: How colors are compared, and the threads.
  /// - Returns: For each color its loss, on the pixels themselves if they are kept and not all were told apart.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  func losses(
    of mapping: Mapping, _ histogram: Histogram, _ settings: Settings
  ) throws -> Storage<Mapping.Loss> {
    let setting = try settings.colorSetting(of: header)
    guard droppedBitCount > 0, !rasters.isEmpty else { return try mapping.losses(of: histogram, in: setting) }
    let losses = try PixelLosses(
      mapping, in: setting, of: histogram,
      tupleNumbers(histogram, threadCount: settings.kMeans.threadCount))
    for raster in rasters {
      try raster.replay { try losses.add($0, width: raster.header.width) }
    }
    return losses.losses
  }

  /// Writes the images mapped to colors, and the palette, where they are wanted.
  ///
  /// - Parameters:
  ///   - mapping: The colors of the tuples.
  ///   - histogram: The tuples.
  ///   - mapped: The header of an image in these colors.
  ///   - outputs: Where to.
  ///   - settings: What the palette's order is, and whether its numbers are written instead of colors.
  /// - Throws: `NetpbmError` if there are more colors than can have numbers, `SystemError`,
  ///   `OutOfMemory`.
  func write(
    _ mapping: Mapping, of histogram: Histogram, as mapped: (PamHeader) -> PamHeader, to outputs: Outputs,
    _ settings: Settings
  ) throws {
    let lexicographic = mapping.palette
    let mapping = try mapping.sorted(settings.order, of: histogram, kind: mapped(header).tupleKind)
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
    try outputs.write(mapping.palette, like: mapped(header))
  }

  /// What is done to pixels.
  private enum Change {
    case nothing
    case remap(Remap)
    case dither(Dither)
  }

  /// Chooses what is done to pixels: nothing where each has its color already, and needs no number for it.
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

  /// What dithers the images.
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

  /// The numbers of a palette's colors.
  private func numbers(_ mapping: Mapping) throws -> Palette {
    guard mapping.palette.count <= 65536 else {
      throw NetpbmError("\(mapping.palette.count) colors: no more than 65536 can have numbers (-index)")
    }
    return try mapping.indices()
  }
}
