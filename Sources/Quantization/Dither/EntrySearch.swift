/// The nearest entry of a palette that a tuple may have.
///
/// Not for several threads at once.
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

  /// The entry that a tuple has whatever is carried to it; nil if that matters.
  @inline(__always)
  func entry(of tuple: Int) -> Int? { reserved?.entry(of: tuple) }

  /// The number of the entry nearest to a color.
  ///
  /// - Parameters:
  ///   - color: Its coordinates times `DitherColors.scale`.
  ///   - tuple: The tuple that it comes from.
  ///   - dimension: Coordinates of a color, again: where it is a constant, loops are unrolled.
  /// - Returns: The number.
  @inline(__always)
  func nearest(to color: UnsafePointer<Int>, for tuple: Int, dimension: Int) -> Int {
    guard let reserved, let opaque, reserved.isOpaque(tuple) else {
      return all.nearest(to: color, dimension: dimension)
    }
    return Int(reserved.opaque.base[opaque.nearest(to: color, dimension: dimension)])
  }
}
