import Memory

/// Finds the exactly nearest palette entry of any color; among equally near entries, the first.
///
/// In up to four dimensions, space is divided into cells. When a cell is first used, it gets a list of the entries that
/// may be nearest to a color in it. An entry is listed if its smallest distance from the cell is at most *d*, where *d*
/// is the minimum over all entries of the largest distance from the cell. Only one thread may use it at a time.
///
/// Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982, section 4.1.
struct NearestColors {
  private let count: Int
  private let dimension: Int

  /// The coordinates of the entries, entry by entry.
  private let coordinates: Storage<Int>

  /// The lists of the cells, and those of larger cells. The list of a cell is chosen from that of the larger cell
  /// around it. With few entries, it is chosen from all of them, and there are no larger cells.
  private let cells: CellLists
  private let largeCells: CellLists?

  /// Whether there are cells. Above four dimensions or `cellLimit` entries, filling them takes longer than searching the
  /// tree.
  private let hasCells: Bool
  private static let cellLimit = 4096

  /// Finds the nearest entry of a color without a list; nil if there are so few entries that comparing all is as fast.
  private let tree: EntryTree?

  /// The lengths of a list, see `CellLists`: up to 31 entries in a cell and 255 in a larger one. If a cell has more,
  /// the tree is searched for its colors. If a larger one has more, the lists of its cells are chosen from all entries.
  private static let cellLength = 32
  private static let largeCellLength = 256

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - coordinates: The coordinates of the entries, entry by entry, each from 0 to `upperBound`; at least one entry.
  ///   - dimension: Number of coordinates of an entry.
  ///   - upperBound: The largest coordinate.
  /// - Throws: `OutOfMemory`.
  init(_ coordinates: Storage<Int>, dimension: Int, upperBound: Int) throws {
    self.coordinates = coordinates
    self.dimension = dimension
    count = coordinates.elements.count / dimension
    tree = count > Self.cellLength ? try EntryTree(coordinates, dimension: dimension) : nil
    hasCells = dimension <= 4 && count <= Self.cellLimit
    let cellBits = hasCells ? [10, 7, 5, 4][dimension - 1] : 0
    let bitCount = Int.bitWidth - upperBound.leadingZeroBitCount
    let shift = max(bitCount - cellBits, 0)
    cells = try CellLists(
      length: Self.cellLength, cellBits: cellBits, shift: shift, dimension: hasCells ? dimension : 0)
    largeCells =
      hasCells && tree != nil
      ? try CellLists(
        length: Self.largeCellLength, cellBits: cellBits - 2, shift: shift + 2, dimension: dimension) : nil
  }

  /// Finds the entry nearest to a color.
  ///
  /// - Parameters:
  ///   - color: The coordinates of the color. It may lie outside the cells.
  ///   - dimension: Number of coordinates. If the caller passes a constant, the compiler unrolls the loops.
  /// - Returns: The number of the entry.
  @inline(__always)
  func nearest(to color: UnsafePointer<Int>, dimension: Int) -> Int {
    guard hasCells, let list = cells.list(around: color, dimension) else { return search(color) }
    if list[0] == 0 { fill(list, around: color) }
    guard list[0] != CellLists.noList else { return search(color) }
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

  /// The squared distance of a color from an entry.
  @inline(__always)
  func square(_ entry: Int, _ color: UnsafePointer<Int>, _ dimension: Int) -> Int {
    var square = 0
    for plane in 0..<dimension {
      let way = coordinates.base[entry &* dimension &+ plane] &- color[plane]
      square &+= way &* way
    }
    return square
  }

  @inline(never)
  private func search(_ color: UnsafePointer<Int>) -> Int {
    if let tree { return tree.nearest(to: color) }
    var best = (entry: 0, square: Int.max)
    for entry in 0..<count {
      let square = square(entry, color, dimension)
      if square < best.square { best = (entry, square) }
    }
    return best.entry
  }

  /// Lists the entries of the cell that contains `color`. All of them are in the list of the larger cell around it.
  @inline(never)
  private func fill(_ list: UnsafeMutablePointer<UInt32>, around color: UnsafePointer<Int>) {
    guard let largeCells, let larger = largeCells.list(around: color, dimension) else {
      return choose(list, of: cells, around: color, from: 0..<count)
    }
    if larger[0] == 0 { choose(larger, of: largeCells, around: color, from: 0..<count) }
    if larger[0] == CellLists.noList {
      choose(list, of: cells, around: color, from: 0..<count)
    } else {
      let entries = UnsafeBufferPointer(start: larger + 1, count: Int(larger[0]))
      choose(list, of: cells, around: color, from: entries.lazy.map { Int($0) })
    }
  }

  /// Lists those of the given entries that may be nearest to a color in the cell that contains `color`.
  @inline(__always)
  private func choose(
    _ list: UnsafeMutablePointer<UInt32>, of cells: CellLists, around color: UnsafePointer<Int>,
    from entries: some Sequence<Int>
  ) {
    var bound = Int.max
    for entry in entries { bound = min(bound, squares(entry, color, cells.shift).most) }
    var length = 0
    for entry in entries where squares(entry, color, cells.shift).least <= bound {
      length += 1
      guard length < cells.length else {
        list[0] = CellLists.noList
        return
      }
      list[length] = UInt32(truncatingIfNeeded: entry)
    }
    list[0] = UInt32(truncatingIfNeeded: length)
  }

  /// The squared distances from an entry to the nearest and to the farthest color in the cell that contains `color`.
  /// The side of the cell is 2 to the power of `shift`.
  @inline(__always)
  private func squares(
    _ entry: Int, _ color: UnsafePointer<Int>, _ shift: Int
  ) -> (least: Int, most: Int) {
    var (least, most) = (0, 0)
    for plane in 0..<dimension {
      let low = (color[plane] >> shift) << shift
      let high = low &+ (1 << shift) &- 1
      let place = coordinates.base[entry &* dimension &+ plane]
      let (below, above) = (low &- place, place &- high)
      let way = max(below, above, 0)
      least &+= way &* way
      let far = max(abs(below), abs(above))
      most &+= far &* far
    }
    return (least, most)
  }
}

/// Lists of palette entries, one for each cell of a grid.
private struct CellLists {
  /// The number of elements that a list takes: the number of entries, then up to `length` - 1 entries. The first
  /// element is 0 before the list is made, and `noList` if there are more entries.
  let length: Int
  static let noList = UInt32.max

  /// Number of bits of a coordinate within a cell.
  let shift: Int

  private let cellBits: Int
  private let lists: Storage<UInt32>

  /// - Parameters:
  ///   - length: The number of elements that a list takes, at least 2.
  ///   - cellBits: Along each coordinate, the number of cells is 2 to this power.
  ///   - shift: Number of bits of a coordinate within a cell.
  ///   - dimension: Number of coordinates; 0 is a single cell.
  /// - Throws: `OutOfMemory`.
  init(length: Int, cellBits: Int, shift: Int, dimension: Int) throws {
    self.length = length
    self.cellBits = cellBits
    self.shift = shift
    lists = try Storage(count: length << (cellBits * dimension))
  }

  /// The list of the cell that contains a color; nil if the color lies outside the grid.
  @inline(__always)
  func list(around color: UnsafePointer<Int>, _ dimension: Int) -> UnsafeMutablePointer<UInt32>? {
    var (cell, bits) = (0, 0)
    for plane in 0..<dimension {
      cell = cell << cellBits | color[plane] >> shift
      bits |= color[plane]
    }
    return bits >> (shift &+ cellBits) == 0 ? lists.base + cell &* length : nil
  }
}
