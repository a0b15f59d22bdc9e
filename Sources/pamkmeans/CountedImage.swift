import PamStream
import Quantization

/// An image that has been read and counted, to be mapped and written as often as wanted.
struct CountedImage {
  let header: PamHeader
  let raster: Raster
  let tally: Tally
  let histogram: Histogram

  /// Writes the image mapped to colors, and the palette, where they are wanted.
  ///
  /// - Parameters:
  ///   - mapping: The colors of its tuples.
  ///   - mapped: The header of the image in these colors.
  ///   - outputs: Where to.
  ///   - settings: What the palette's order is, and whether its numbers are written instead of colors.
  /// - Throws: `NetpbmError` if there are more colors than can have numbers, `SystemError`,
  ///   `QuantizationError.outOfMemory`.
  func write(
    _ mapping: Mapping, as mapped: PamHeader, to outputs: Outputs, _ settings: Settings
  ) throws {
    let lexicographic = mapping.palette
    let mapping = try mapping.sorted(settings.order, of: histogram, kind: mapped.tupleKind)
    let indices = try settings.isIndex ? numbers(mapping) : nil
    var written = mapped
    if let indices {
      written.format = .pgm
      written.layout = indices.layout
      written.tupleType = "GRAYSCALE"
    }
    try outputs.write(written) { write in
      guard let labels = try indices != nil ? mapping.labels(of: histogram) : mapping.labels else {
        try raster.replay(write)
        return
      }
      if let dither = settings.dither {
        try self.dither(
          dither, lexicographic, as: indices?.reordered(like: mapping.palette) ?? lexicographic, mapped,
          settings.kMeans.threadCount, write)
        return
      }
      let remap = try Remap(
        tally, labels: labels, palette: indices ?? mapping.palette, threadCount: settings.kMeans.threadCount)
      try raster.replay { try remap.map($0, bytesPerRow: header.bytesPerRow, write) }
    }
    try outputs.write(mapping.palette, like: mapped)
  }

  /// Writes the rows dithered.
  private func dither(
    _ settings: DitherSettings, _ palette: Palette, as written: Palette, _ mapped: PamHeader,
    _ threadCount: Int, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard palette.layout == header.layout else {
      throw NetpbmError(
        "the colors have other planes or another maxval than the image (\(OptionName.dither))")
    }
    let dither = try Dither(
      settings, try DitherColors(palette, histogram, kind: mapped.tupleKind),
      try TupleNumbers(tally, histogram, threadCount: threadCount), writing: written, width: header.width,
      threadCount: threadCount)
    try raster.replay { try dither.map($0, write) }
  }

  /// The numbers of a palette's colors.
  private func numbers(_ mapping: Mapping) throws -> Palette {
    guard mapping.palette.count <= 65536 else {
      throw NetpbmError("\(mapping.palette.count) colors: no more than 65536 can have numbers (-index)")
    }
    return try mapping.indices()
  }
}
