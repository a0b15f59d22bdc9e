import Memory

/// Error diffusion: distributes the error of each pixel among its neighbors.
///
/// Floyd and Steinberg, "An adaptive algorithm for spatial greyscale", Proceedings of the SID 17(2), 1976.
///
/// The direction alternates from row to row. Errors are computed in sixteenths of a coordinate. The error is the color
/// with its received error, clipped to a box around the palette (see `ColorBox`), minus the chosen entry. So no error
/// exceeds the extent of the box. A pixel that has a palette color and received no error has the error 0.
struct FloydSteinberg {
  private let colors: DitherColors
  private let strength: Int
  private let width: Int
  private let search: EntrySearch
  private let box: ColorBox
  private let color: Storage<Int>
  private var current: Storage<Int>
  private var next: Storage<Int>
  private var isLeftward = false

  /// Prepares for the first row of an image.
  ///
  /// - Parameters:
  ///   - colors: The palette and the tuples of the image.
  ///   - strength: The fraction of an error that is distributed, as in `DitherSettings`.
  ///   - width: Number of columns, at least 1.
  /// - Throws: `OutOfMemory`.
  init(_ colors: DitherColors, strength: Int, width: Int) throws {
    self.colors = colors
    self.strength = strength
    self.width = width
    search = try EntrySearch(colors)
    box = try ColorBox(colors)
    color = try Storage(count: colors.dimension)
    current = try Storage(count: (width + 2) * colors.dimension)
    next = try Storage(count: (width + 2) * colors.dimension)
  }

  /// Maps the next row.
  ///
  /// - Parameter row: The numbers of the row's tuples. They are replaced by the numbers of palette entries.
  mutating func map(_ row: UnsafeMutableBufferPointer<UInt32>) {
    next.elements.update(repeating: 0)
    switch colors.dimension {
    case 1: walk(row, 1)
    case 3: walk(row, 3)
    case 4: walk(row, 4)
    default: walk(row, colors.dimension)
    }
    swap(&current, &next)
    isLeftward.toggle()
  }

  /// Chooses the entry of each tuple in a row and passes its error on to the neighbors.
  @inline(__always)
  private func walk(_ row: UnsafeMutableBufferPointer<UInt32>, _ dimension: Int) {
    let (current, next, color, tuples) = (current.base, next.base, color.base, colors.tuples.base)
    let (low, high, entries) = (box.low.base, box.high.base, colors.entries.base)
    let largest = colors.upperBound * DitherColors.scale
    let ahead = isLeftward ? -dimension : dimension
    for step in 0..<width {
      let column = isLeftward ? width &- 1 &- step : step
      let here = (column &+ 1) &* dimension
      let number = Int(row[column])
      if let entry = search.entry(of: number) {
        row[column] = UInt32(truncatingIfNeeded: entry)
        continue
      }
      for plane in 0..<dimension {
        let coordinate = Int(tuples[plane &* colors.tupleCount &+ number]) &* DitherColors.scale
        color[plane] = min(max(coordinate &+ current[here &+ plane], 0), largest)
      }
      let entry = search.nearest(to: color, for: number, dimension: dimension)
      row[column] = UInt32(truncatingIfNeeded: entry)
      for plane in 0..<dimension {
        let wanted = min(max(color[plane], low[plane]), high[plane])
        let whole = wanted &- entries[entry &* dimension &+ plane] &* DitherColors.scale
        let error = whole &* strength / DitherSettings.wholeStrength
        let (first, second, third) = (error &* 7 / 16, error &* 3 / 16, error &* 5 / 16)
        current[here &+ ahead &+ plane] &+= first
        next[here &- ahead &+ plane] &+= second
        next[here &+ plane] &+= third
        next[here &+ ahead &+ plane] &+= error &- first &- second &- third
      }
    }
  }
}
