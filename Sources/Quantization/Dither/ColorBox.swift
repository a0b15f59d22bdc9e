/// The least and the largest coordinate of a palette's entries in each plane, times `DitherColors.scale`.
///
/// An error is taken from the box: what lies beyond, no entry could make up for, and it would only grow.
struct ColorBox {
  let low: Storage<Int>
  let high: Storage<Int>

  init(_ colors: DitherColors) throws {
    low = try Storage(count: colors.dimension)
    high = try Storage(count: colors.dimension)
    for plane in 0..<colors.dimension {
      let coordinates = (0..<colors.entryCount).lazy.map {
        colors.entries.base[$0 * colors.dimension + plane]
      }
      low.base[plane] = (coordinates.min() ?? 0) * DitherColors.scale
      high.base[plane] = (coordinates.max() ?? 0) * DitherColors.scale
    }
  }
}
