import PamStream
import Quantization

/// Images that have been read and counted together, to be mapped and written as often as wanted.
struct CountedImages {
  /// The first image's header.
  let header: PamHeader

  /// The rasters of all, if they are to be written.
  private(set) var rasters: [Raster] = []

  private let tally: Tally

  /// Counts no image yet.
  ///
  /// - Parameters:
  ///   - header: The first image's.
  ///   - expectedCount: Pixels expected; decides only how they are counted.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(_ header: PamHeader, expectedCount: Int) throws {
    self.header = header
    tally = try Tally(layout: header.layout, expectedCount: expectedCount)
  }

  /// Reads and counts an image.
  ///
  /// - Parameters:
  ///   - header: Its header, of the layout of the first.
  ///   - reader: Where it comes from.
  ///   - isKept: Whether it is to be written.
  /// - Throws: `NetpbmError`, `SystemError`, `QuantizationError.outOfMemory`.
  mutating func read(_ header: PamHeader, from reader: PamReader, isKept: Bool) throws {
    let raster = try reader.readRaster(header, isKept: isKept, counting: tally.add)
    if isKept { rasters.append(raster) }
  }

  /// The different tuples of all; to be asked for once, when all have been read.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func histogram() throws -> Histogram { try tally.histogram() }

  /// Tells which of the tuples each pixel has, until the images are written.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  func tupleNumbers(_ histogram: Histogram) throws -> TupleNumbers { try TupleNumbers(tally, histogram) }

  /// Writes the images mapped to colors, and the palette, where they are wanted.
  ///
  /// - Parameters:
  ///   - mapping: The colors of the tuples.
  ///   - histogram: The tuples.
  ///   - mapped: The header of an image in these colors.
  ///   - outputs: Where to.
  ///   - settings: What the palette's order is, and whether its numbers are written instead of colors.
  /// - Throws: `NetpbmError` if there are more colors than can have numbers, `SystemError`,
  ///   `QuantizationError.outOfMemory`.
  func write(
    _ mapping: Mapping, of histogram: Histogram, as mapped: (PamHeader) -> PamHeader, to outputs: Outputs,
    _ settings: Settings
  ) throws {
    let lexicographic = mapping.palette
    let mapping = try mapping.sorted(settings.order, of: histogram, kind: mapped(header).tupleKind)
    let indices = try settings.isIndex ? numbers(mapping) : nil
    let labels = try indices != nil ? mapping.labels(of: histogram) : mapping.labels
    let remap = try labels.flatMap { labels in
      try settings.isDithered || rasters.isEmpty
        ? nil
        : Remap(
          tally, labels: labels, palette: indices ?? mapping.palette, threadCount: settings.kMeans.threadCount
        )
    }
    for raster in rasters {
      var written = mapped(raster.header)
      if let indices {
        written.format = .pgm
        written.layout = indices.layout
        written.tupleType = "GRAYSCALE"
      }
      try outputs.write(written) { write in
        if let remap {
          try raster.replay { try remap.map($0, bytesPerRow: raster.header.bytesPerRow, write) }
        } else if labels != nil {
          try dither(raster, lexicographic, as: indices?.reordered(like: mapping.palette), write)
        } else {
          try raster.replay(write)
        }
      }
    }
    try outputs.write(mapping.palette, like: mapped(header))
  }

  /// Writes the rows with their errors carried on.
  private func dither(
    _ raster: Raster, _ palette: Palette, as written: Palette?,
    _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let header = raster.header
    guard palette.layout == header.layout else {
      throw NetpbmError("the colors have other planes or another maxval than the image (\(OptionName.floyd))")
    }
    let written = written ?? palette
    var dither = try FloydSteinberg(palette, writing: written, width: header.width)
    let row = try Storage<UInt8>(count: header.width * written.layout.bytesPerTuple)
    try raster.replay { rows in
      for start in stride(from: 0, to: rows.count, by: header.bytesPerRow) {
        dither.map(
          UnsafeRawBufferPointer(rebasing: rows[start..<start + header.bytesPerRow]),
          into: UnsafeMutableRawBufferPointer(row.elements))
        try write(UnsafeRawBufferPointer(row.elements))
      }
    }
  }

  /// The numbers of a palette's colors.
  private func numbers(_ mapping: Mapping) throws -> Palette {
    guard mapping.palette.count <= 65536 else {
      throw NetpbmError("\(mapping.palette.count) colors: no more than 65536 can have numbers (-index)")
    }
    return try mapping.indices()
  }
}
