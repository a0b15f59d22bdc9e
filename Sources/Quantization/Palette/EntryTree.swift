import Memory

/// A k-d tree over palette entries, which finds the exactly nearest entry of any color; of equally near entries, the
/// first.
///
/// Bentley, "Multidimensional binary search trees used for associative searching", Communications of the ACM 18(9),
/// 1975. Each node divides its entries in two halves, across the coordinate in which they extend farthest.
struct EntryTree {
  private let dimension: Int
  private let count: Int

  /// The coordinates and the numbers of the entries, leaf by leaf.
  private let coordinates: Storage<Int>
  private let numbers: Storage<Int>

  /// For each node the plane and the coordinate that divide it. The children of node i are the nodes 2 i + 1 and 2 i + 2.
  private let planes: Storage<Int32>
  private let cuts: Storage<Int>

  /// - Parameters:
  ///   - entries: The coordinates of the entries, entry by entry.
  ///   - dimension: Number of coordinates of an entry.
  /// - Throws: `OutOfMemory`.
  init(_ entries: Storage<Int>, dimension: Int) throws {
    self.dimension = dimension
    count = entries.elements.count / dimension
    coordinates = try Storage(count: entries.elements.count)
    numbers = try Storage(count: count)
    var (length, nodeCount) = (count, 1)
    while length > Self.leafSize { (length, nodeCount) = ((length + 1) / 2, 2 * nodeCount) }
    planes = try Storage(count: nodeCount)
    cuts = try Storage(count: nodeCount)
    for entry in 0..<count { numbers.base[entry] = entry }
    try divide(0..<count, node: 0, entries)
    for place in 0..<count {
      for plane in 0..<dimension {
        coordinates.base[place * dimension + plane] = entries.base[numbers.base[place] * dimension + plane]
      }
    }
  }

  /// Maximum number of entries in a leaf.
  private static let leafSize = 8

  /// Divides a range of the entries.
  private func divide(_ range: Range<Int>, node: Int, _ entries: Storage<Int>) throws {
    guard range.count > Self.leafSize else { return }
    let (numbers, dimension) = (numbers, dimension)
    var widest = (plane: 0, extent: -1)
    for plane in 0..<dimension {
      var (low, high) = (Int.max, Int.min)
      for place in range {
        let coordinate = entries.base[numbers.base[place] * dimension + plane]
        (low, high) = (min(low, coordinate), max(high, coordinate))
      }
      if high - low > widest.extent { widest = (plane, high - low) }
    }
    let part = UnsafeMutableBufferPointer(rebasing: numbers.elements[range])
    try sortByMerging(part) { first, second in
      let ways = (
        entries.base[first * dimension + widest.plane], entries.base[second * dimension + widest.plane]
      )
      return ways.0 != ways.1 ? ways.0 < ways.1 : first < second
    }
    let middle = range.lowerBound + range.count / 2
    planes.base[node] = Int32(truncatingIfNeeded: widest.plane)
    cuts.base[node] = entries.base[numbers.base[middle] * dimension + widest.plane]
    try divide(range.lowerBound..<middle, node: 2 * node + 1, entries)
    try divide(middle..<range.upperBound, node: 2 * node + 2, entries)
  }

  /// Finds the nearest entry.
  ///
  /// - Parameter color: The coordinates of a color.
  /// - Returns: The number of the entry.
  func nearest(to color: UnsafePointer<Int>) -> Int {
    var best = (number: 0, square: Int.max)
    search(color, 0, count, node: 0, &best)
    return best.number
  }

  /// Looks for a nearer entry in a range, in the half of the color first.
  private func search(
    _ color: UnsafePointer<Int>, _ start: Int, _ end: Int, node: Int, _ best: inout (number: Int, square: Int)
  ) {
    guard end &- start > Self.leafSize else {
      if dimension == 3 {
        compare(color, start, end, 3, &best)
      } else {
        compare(color, start, end, dimension, &best)
      }
      return
    }
    let middle = start &+ (end &- start) / 2
    let way = color[Int(planes.base[node])] &- cuts.base[node]
    let (low, high) = (2 &* node &+ 1, 2 &* node &+ 2)
    if way < 0 {
      search(color, start, middle, node: low, &best)
      if way &* way <= best.square { search(color, middle, end, node: high, &best) }
    } else {
      search(color, middle, end, node: high, &best)
      if way &* way <= best.square { search(color, start, middle, node: low, &best) }
    }
  }

  @inline(__always)
  private func compare(
    _ color: UnsafePointer<Int>, _ start: Int, _ end: Int, _ dimension: Int,
    _ best: inout (number: Int, square: Int)
  ) {
    for place in start..<end {
      var square = 0
      for plane in 0..<dimension {
        let way = coordinates.base[place &* dimension &+ plane] &- color[plane]
        square &+= way &* way
      }
      let number = numbers.base[place]
      if square < best.square || square == best.square && number < best.number { best = (number, square) }
    }
  }
}
