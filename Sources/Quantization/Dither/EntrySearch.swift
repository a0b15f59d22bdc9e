import Memory

/// Finds the nearest palette entry that a tuple may have, see `ReservedEntries`.
///
/// Only one thread may use it at a time.
struct EntrySearch {
  private let reserved: ReservedEntries?
  private let all: NearestColors
  private let opaque: NearestColors?

  /// - Throws: `OutOfMemory`.
  init(_ colors: DitherColors) throws {
    reserved = colors.reserved
    all = try NearestColors(colors, among: nil)
    opaque = try colors.reserved.map { try NearestColors(colors, among: $0.opaque) }
  }

  /// The entry of a fully transparent tuple, which does not depend on the diffused error; nil for other tuples, or if
  /// no entry is fully transparent.
  @inline(__always)
  func entry(of tuple: Int) -> Int? { reserved?.entry(of: tuple) }

  /// Finds the entry nearest to a color.
  ///
  /// - Parameters:
  ///   - color: The coordinates of the color times `DitherColors.scale`.
  ///   - tuple: The number of the tuple that the color was computed from.
  ///   - dimension: Number of coordinates. If the caller passes a constant, the compiler unrolls the loops.
  /// - Returns: The number of the entry.
  @inline(__always)
  func nearest(to color: UnsafePointer<Int>, for tuple: Int, dimension: Int) -> Int {
    guard let reserved, let opaque, reserved.isOpaque(tuple) else {
      return all.nearest(to: color, dimension: dimension)
    }
    return Int(reserved.opaque.base[opaque.nearest(to: color, dimension: dimension)])
  }
}

extension NearestColors {
  /// Prepares a search of the palette of a dither, whose colors have coordinates times `DitherColors.scale`.
  ///
  /// - Parameters:
  ///   - colors: The palette.
  ///   - numbers: The entries to search. Results are then indices into this list; nil is all entries.
  /// - Throws: `OutOfMemory`.
  fileprivate init(_ colors: DitherColors, among numbers: Storage<UInt32>?) throws {
    let count = numbers?.elements.count ?? colors.entryCount
    let coordinates = try Storage<Int>(count: count * colors.dimension)
    for index in 0..<count {
      let entry = numbers.map { Int($0.base[index]) } ?? index
      for plane in 0..<colors.dimension {
        coordinates.base[index * colors.dimension + plane] =
          colors.entries.base[entry * colors.dimension + plane] * DitherColors.scale
      }
    }
    try self.init(
      coordinates, dimension: colors.dimension, upperBound: colors.upperBound * DitherColors.scale)
  }
}
