/// The nearest entry of a palette for any color, exactly; of equals the first entry.
///
/// Entries are compared outwards from the color's place in the order of the first plane, until that plane alone
/// is too far.
struct NearestColors {
  private let count: Int
  private let dimension: Int
  private let numbers: Storage<UInt32>
  private let coordinates: Storage<Int>

  /// Prepares a search; coordinates are samples times `scale`.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  init(_ palette: Palette, scale: Int) throws {
    count = palette.count
    dimension = palette.layout.depth
    numbers = try Storage(count: count)
    coordinates = try Storage(count: count * dimension)
    for entry in 0..<count { numbers.base[entry] = UInt32(entry) }
    var order = numbers.elements
    order.sort {
      (palette.sample(plane: 0, of: Int($0)), $0) < (palette.sample(plane: 0, of: Int($1)), $1)
    }
    for place in 0..<count {
      for plane in 0..<dimension {
        coordinates.base[place * dimension + plane] =
          palette.sample(plane: plane, of: Int(numbers.base[place])) * scale
      }
    }
  }

  /// The number of the entry nearest to `color`, which has a coordinate for each plane.
  func nearest(to color: UnsafePointer<Int>) -> Int {
    var above = 0
    var end = count
    while above < end {
      let middle = (above + end) / 2
      if coordinates.base[middle * dimension] < color[0] { above = middle + 1 } else { end = middle }
    }
    var below = above - 1
    var best = (square: Int.max, number: UInt32.max)
    while above < count || below >= 0 {
      if above < count, !consider(above, color, &best) { above = count }
      if below >= 0, !consider(below, color, &best) { below = -1 }
      above += 1
      below -= 1
    }
    return Int(best.number)
  }

  /// Compares one entry; false if this and all beyond it are too far in the first plane.
  @inline(__always)
  private func consider(
    _ place: Int, _ color: UnsafePointer<Int>, _ best: inout (square: Int, number: UInt32)
  ) -> Bool {
    let entry = coordinates.base + place * dimension
    let first = entry[0] - color[0]
    var square = first * first
    if square > best.square { return false }
    for plane in 1..<dimension {
      let way = entry[plane] - color[plane]
      square += way * way
    }
    let number = numbers.base[place]
    if square < best.square || square == best.square && number < best.number { best = (square, number) }
    return true
  }
}
