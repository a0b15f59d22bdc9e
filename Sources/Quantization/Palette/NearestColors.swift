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

  /// For each cell, the number of listed entries, then the entries. The number is 0 in a cell that has not been used.
  private let cells: Storage<UInt32>
  private let cellBits: Int

  private let shift: Int

  /// Whether there are cells. Above four dimensions or `cellLimit` entries, filling them takes longer than searching the
  /// tree.
  private let hasCells: Bool
  private static let cellLimit = 4096

  /// Finds the nearest entry of a color without a list; nil if there are so few entries that comparing all is as fast.
  private let tree: EntryTree?

  /// Memory of a cell: the number and up to 31 entries. A cell with more entries is marked by `noList`, and the tree is
  /// searched for its colors.
  private static let cellLength = 32
  private static let noList = UInt32.max

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
    cellBits = dimension > 4 ? 0 : [10, 7, 5, 4][dimension - 1]
    let bitCount = Int.bitWidth - upperBound.leadingZeroBitCount
    shift = max(bitCount - cellBits, 0)
    cells = try Storage(count: hasCells ? Self.cellLength << (cellBits * dimension) : 0)
  }

  /// Finds the entry nearest to a color.
  ///
  /// - Parameters:
  ///   - color: The coordinates of the color. It may lie outside the cells.
  ///   - dimension: Number of coordinates. If the caller passes a constant, the compiler unrolls the loops.
  /// - Returns: The number of the entry.
  @inline(__always)
  func nearest(to color: UnsafePointer<Int>, dimension: Int) -> Int {
    guard hasCells else { return search(color) }
    var (cell, bits) = (0, 0)
    for plane in 0..<dimension {
      cell = cell << cellBits | color[plane] >> shift
      bits |= color[plane]
    }
    guard bits >> (shift &+ cellBits) == 0 else { return search(color) }
    let list = cells.base + cell &* Self.cellLength
    if list[0] == 0 { fill(list, around: color) }
    guard list[0] != Self.noList else { return search(color) }
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

  /// Lists the entries of the cell that contains `color`.
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

  /// The squared distances from an entry to the nearest and to the farthest color in the cell that contains `color`.
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
