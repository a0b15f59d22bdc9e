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
