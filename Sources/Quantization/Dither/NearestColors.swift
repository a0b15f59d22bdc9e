import Memory

/// The nearest entry of a palette for any color, exactly; of equals the first entry.
///
/// Up to four planes, space is cut into cells, and a cell that is looked into for the first time gets a list of the
/// entries that are nearest to some color in it: those whose least distance to it is no larger than the least of all
/// largest distances. Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982, section 4.1.
/// Not for several threads at once.
struct NearestColors {
  private let count: Int
  private let dimension: Int

  /// The entries' coordinates times `DitherColors.scale`.
  private let coordinates: Storage<Int>

  /// For each cell how many entries are listed, and the list; 0 is not yet looked into.
  private let cells: Storage<UInt32>
  private let cellBits: Int
  private let shift: Int

  /// A cell with more entries than fit has no list, and all are compared.
  private static let cellLength = 32
  private static let noList = UInt32.max

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - colors: The palette.
  ///   - numbers: The entries to search among, of which the results are then the places in this list; nil is all.
  /// - Throws: `OutOfMemory`.
  init(_ colors: DitherColors, among numbers: Storage<UInt32>?) throws {
    count = numbers?.elements.count ?? colors.entryCount
    dimension = colors.dimension
    coordinates = try Storage(count: count * dimension)
    for index in 0..<count {
      let entry = numbers.map { Int($0.base[index]) } ?? index
      for plane in 0..<dimension {
        coordinates.base[index * dimension + plane] =
          colors.entries.base[entry * dimension + plane] * DitherColors.scale
      }
    }
    cellBits = dimension > 4 ? 0 : [10, 7, 5, 4][dimension - 1]
    let bitCount = Int.bitWidth - (colors.upperBound * DitherColors.scale).leadingZeroBitCount
    shift = max(bitCount - cellBits, 0)
    cells = try Storage(count: dimension > 4 ? 0 : Self.cellLength << (cellBits * dimension))
  }

  /// The number of the entry nearest to a color.
  ///
  /// - Parameters:
  ///   - color: Its coordinates times `DitherColors.scale`; it takes longer where they are out of bounds.
  ///   - dimension: Coordinates of a color, again: where it is a constant, loops are unrolled.
  /// - Returns: The number.
  @inline(__always)
  func nearest(to color: UnsafePointer<Int>, dimension: Int) -> Int {
    guard dimension <= 4 else { return compareAll(color) }
    var (cell, bits) = (0, 0)
    for plane in 0..<dimension {
      cell = cell << cellBits | color[plane] >> shift
      bits |= color[plane]
    }
    guard bits >> (shift &+ cellBits) == 0 else { return compareAll(color) }
    let list = cells.base + cell &* Self.cellLength
    if list[0] == 0 { fill(list, around: color) }
    guard list[0] != Self.noList else { return compareAll(color) }
    var best = Int(list[1])
    guard list[0] > 1 else { return best }
    var lowest = square(best, color, dimension)
    for place in 2...Int(list[0]) {
      let entry = Int(list[place])
      let square = square(entry, color, dimension)
      if square < lowest { (lowest, best) = (square, entry) }
    }
    return best
  }

  @inline(__always)
  private func square(_ entry: Int, _ color: UnsafePointer<Int>, _ dimension: Int) -> Int {
    var square = 0
    for plane in 0..<dimension {
      let way = coordinates.base[entry &* dimension &+ plane] &- color[plane]
      square &+= way &* way
    }
    return square
  }

  @inline(never)
  private func compareAll(_ color: UnsafePointer<Int>) -> Int {
    var best = (entry: 0, square: Int.max)
    for entry in 0..<count {
      let square = square(entry, color, dimension)
      if square < best.square { best = (entry, square) }
    }
    return best.entry
  }

  /// Lists the entries of the cell that `color` is in.
  @inline(never)
  private func fill(_ list: UnsafeMutablePointer<UInt32>, around color: UnsafePointer<Int>) {
    var bound = Int.max
    for entry in 0..<count { bound = min(bound, squares(entry, color).most) }
    var length = 0
    for entry in 0..<count where squares(entry, color).least <= bound {
      length += 1
      guard length < Self.cellLength else {
        list[0] = Self.noList
        return
      }
      list[length] = UInt32(truncatingIfNeeded: entry)
    }
    list[0] = UInt32(truncatingIfNeeded: length)
  }

  /// The squared distances of an entry to the nearest and to the farthest color in the cell of `color`.
  private func squares(_ entry: Int, _ color: UnsafePointer<Int>) -> (least: Int, most: Int) {
    var (least, most) = (0, 0)
    for plane in 0..<dimension {
      let low = (color[plane] >> shift) << shift
      let high = low + (1 << shift) - 1
      let place = coordinates.base[entry * dimension + plane]
      let (below, above) = (low - place, place - high)
      let way = max(below, above, 0)
      least += way * way
      let far = max(abs(below), abs(above))
      most += far * far
    }
    return (least, most)
  }
}
