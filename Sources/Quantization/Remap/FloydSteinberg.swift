/// Error diffusion: what a pixel's color differs from the one it gets is carried on to its neighbors, row by row, to and
/// fro, in sixteenths of a sample.
///
/// Floyd and Steinberg, "An adaptive algorithm for spatial greyscale", Proceedings of the SID 17(2), 1976.
///
/// What is carried on is the error from the palette's bounding box, in each plane: what no entry could pay is
/// dropped, so that no error exceeds the extent of the box. A color of the palette that nothing was carried to
/// has the error 0.
package struct FloydSteinberg {
  private let palette: Palette
  private let written: Palette
  private let maxval: Int
  private let width: Int
  private let search: NearestColors
  private let low: Storage<Int>
  private let high: Storage<Int>
  private let color: Storage<Int>
  private var current: Storage<Int>
  private var next: Storage<Int>
  private var isLeftward = false

  /// Prepares for the first row of an image in the palette's layout.
  ///
  /// - Parameters:
  ///   - palette: The colors, in lexicographic order.
  ///   - written: What is written for each of them.
  ///   - width: Tuples of a row, at least 1.
  /// - Throws: `QuantizationError.outOfMemory`.
  package init(_ palette: Palette, writing written: Palette, width: Int) throws {
    precondition(written.count == palette.count)
    self.palette = palette
    self.written = written
    self.width = width
    maxval = palette.layout.maxval * 16
    search = try NearestColors(palette, scale: 16)
    let depth = palette.layout.depth
    low = try Storage(count: depth)
    high = try Storage(count: depth)
    color = try Storage(count: depth)
    current = try Storage(count: (width + 2) * depth)
    next = try Storage(count: (width + 2) * depth)
    for plane in 0..<depth {
      let samples = (0..<palette.count).lazy.map { [palette] in palette.sample(plane: plane, of: $0) * 16 }
      low.base[plane] = samples.min() ?? 0
      high.base[plane] = samples.max() ?? 0
    }
  }

  /// Maps the next row.
  ///
  /// - Parameters:
  ///   - row: The row, in raw tuples.
  ///   - output: Room for as many tuples of what is written.
  package mutating func map(_ row: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
    let size = written.layout.bytesPerTuple
    next.elements.update(repeating: 0)
    for step in 0..<width {
      let column = isLeftward ? width - 1 - step : step
      let entry = place(row, column)
      for byte in 0..<size {
        output[column * size + byte] = written.tuples[entry * size + byte]
      }
    }
    swap(&current, &next)
    isLeftward.toggle()
  }

  /// Chooses the entry of one tuple and carries its error on.
  private func place(_ row: UnsafeRawBufferPointer, _ column: Int) -> Int {
    let (depth, bytes) = (palette.layout.depth, palette.layout.bytesPerSample)
    let here = (column + 1) * depth
    for plane in 0..<depth {
      let offset = (column * depth + plane) * bytes
      let sample = bytes == 2 ? Int(row[offset]) << 8 | Int(row[offset + 1]) : Int(row[offset])
      color.base[plane] = min(max(sample * 16 + current.base[here + plane], 0), maxval)
    }
    let entry = search.nearest(to: color.base)
    let ahead = isLeftward ? -depth : depth
    for plane in 0..<depth {
      let wanted = min(max(color.base[plane], low.base[plane]), high.base[plane])
      let error = wanted - palette.sample(plane: plane, of: entry) * 16
      let (first, second, third) = (error * 7 / 16, error * 3 / 16, error * 5 / 16)
      current.base[here + ahead + plane] += first
      next.base[here - ahead + plane] += second
      next.base[here + plane] += third
      next.base[here + ahead + plane] += error - first - second - third
    }
    return entry
  }
}
