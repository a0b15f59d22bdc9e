import Memory
import Quantization

/// A palette that was read from a Netpbm image or from a palette file of another program.
package struct PaletteFile {
  /// The header of an image in these colors. For a palette of another program the format is PPM or, with opacity, PAM.
  package let header: PamHeader

  /// The distinct colors, in lexicographic order.
  package let palette: Palette

  /// For each color in the order of the file, its number in `palette`; nil unless `keepsOrder` was set.
  package let order: Storage<Int>?

  /// Reads a palette.
  ///
  /// - Parameters:
  ///   - path: The file; `-` is standard input.
  ///   - keepsOrder: Whether to record the order of the colors in the file.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  package init(path: String, keepsOrder: Bool = false) throws {
    let reader = try PamReader(path: path)
    var listed = try GrowingStorage<UInt8>()
    if try reader.startsLikeNetpbm() {
      guard let header = try reader.nextHeader() else { throw NetpbmError("\(path.harmless): no image") }
      let tally = try Tally(layout: header.layout, expectedCount: header.width * header.height)
      _ = try reader.readRaster(header, isKept: false) { tuples in
        try tally.add(tuples)
        if keepsOrder { try listed.append(tuples) }
      }
      self.header = header
      palette = try Palette(tally.histogram())
    } else {
      let bytes = try reader.readAll(limit: Self.byteLimit)
      let colors = try Self.colors(bytes, path)
      header = PamHeader(colors)
      let tally = try Tally(layout: colors.layout, expectedCount: header.width)
      try withExtendedLifetime(colors.tuples) {
        try tally.add(UnsafeRawBufferPointer(colors.tuples.elements))
      }
      palette = try Palette(tally.histogram())
      listed = colors.tuples
    }
    order = keepsOrder ? try palette.numbers(listed) : nil
  }

  private static func colors(_ bytes: GrowingStorage<UInt8>, _ path: String) throws -> ColorList {
    let isColorTable = withExtendedLifetime(bytes) {
      PaletteReader.isColorTable(UnsafeRawBufferPointer(bytes.elements))
    }
    if !isColorTable, let format = ForeignFormat(startingWith: bytes) {
      throw NetpbmError("\(path.harmless): this is \(format.name); convert it with \(format.converter) first")
    }
    do {
      return try withExtendedLifetime(bytes) {
        try PaletteReader.colors(UnsafeRawBufferPointer(bytes.elements))
      }
    } catch let mistake as PaletteMistake {
      throw NetpbmError("\(path.harmless): \(mistake)")
    }
  }

  /// Maximum size of another program's palette. 65536 colors take one or two mebibytes.
  private static let byteLimit = 16 << 20
}

extension PamHeader {
  /// The header of an image with these colors in one row.
  fileprivate init(_ colors: ColorList) {
    let hasOpacity = colors.layout.depth == 4
    self.init(
      format: hasOpacity ? .pam : .ppm, width: colors.tuples.count / colors.layout.bytesPerTuple, height: 1,
      layout: colors.layout, tupleTypeBytes: Array((hasOpacity ? "RGB_ALPHA" : "RGB").utf8))
  }
}

extension Palette {
  /// For each raw tuple, its number in this palette, which is in lexicographic order and has all these tuples.
  fileprivate func numbers(_ listed: GrowingStorage<UInt8>) throws -> Storage<Int> {
    let size = layout.bytesPerTuple
    let numbers = try Storage<Int>(count: listed.count / size)
    let sampleSize = layout.bytesPerSample
    for place in 0..<numbers.elements.count {
      let number = number { entry in
        for plane in 0..<layout.depth {
          let start = place * size + plane * sampleSize
          let wanted = listed[start..<(start + sampleSize)].reduce(0) { $0 << 8 | Int($1) }
          let difference = sample(plane: plane, of: entry) - wanted
          if difference != 0 { return difference }
        }
        return 0
      }
      numbers.base[place] = number ?? 0
    }
    return numbers
  }
}
