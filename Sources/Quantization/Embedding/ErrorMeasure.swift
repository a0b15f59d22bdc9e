/// The squared distance between a tuple and the color that it is mapped to. Reported errors are sums of such distances.
///
/// Without premultiplied opacity, it is the sum of the squared differences of the samples. If opacity is premultiplied,
/// it is the mean, over backgrounds from black to white, of the squared differences of the visible colors. With
/// opacities a and color samples c from 0 to 1, this mean, summed over the color planes, is
///
///     sum of (difference of (a c - a/2))^2 + number of color planes * (difference of a)^2 / 12.
///
/// If the mapped image has another kind or maxval, samples are divided by their maxval before they are compared, gray
/// equals RGB with three equal samples, and a tuple without opacity is opaque.
package struct ErrorMeasure: Sendable {
  /// The factor from squared sample steps to the integers that `square` returns.
  package let unit: Int128

  /// Number of planes over which the peak signal-to-noise ratio takes the mean.
  package let planeCount: Int

  private let depth: Int
  private let maxval: Int
  private let isPremultiplied: Bool

  /// The two kinds of tuples and the maxval of the mapped image; nil if the mapped image has the kind and the maxval of
  /// the image.
  private let conversion: (image: TupleKind, mapped: TupleKind, maxval: Int)?

  /// - Parameters:
  ///   - setting: The meaning of the image's planes, and how opacity counts.
  ///   - layout: The layout of the image's tuples.
  ///   - mapped: The meaning and the maxval of the mapped image's planes, with opacity if the image has opacity; nil is
  ///     those of the image.
  package init(
    _ setting: ColorSetting, _ layout: TupleLayout, mapped: (kind: TupleKind, maxval: Int)? = nil
  ) {
    depth = layout.depth
    maxval = layout.maxval
    guard let mapped, mapped.kind != setting.kind || mapped.maxval != layout.maxval else {
      conversion = nil
      isPremultiplied = setting.isPremultiplied
      planeCount = isPremultiplied ? layout.depth - 1 : layout.depth
      let square = Int128(layout.maxval) * Int128(layout.maxval)
      unit = isPremultiplied ? 12 * square : 1
      return
    }
    let hasOpacity = mapped.kind.hasOpacity
    conversion = (setting.kind, mapped.kind, mapped.maxval)
    isPremultiplied = hasOpacity && setting.opacity.isPremultiplied
    planeCount =
      max(setting.kind.colorCount, mapped.kind.colorCount) + (hasOpacity && !isPremultiplied ? 1 : 0)
    unit = 1 << 20
  }

  /// The squared distance between two tuples.
  ///
  /// - Parameters:
  ///   - first: Returns the sample of a plane of the image's tuple.
  ///   - second: Returns the sample of a plane of the mapped image's tuple.
  /// - Returns: The squared distance in sample steps, times `unit`.
  @inline(__always)
  package func square(_ first: (Int) -> Int, _ second: (Int) -> Int) -> Int128 {
    guard conversion == nil else { return scaledSquare(first, second) }
    guard isPremultiplied else {
      var square = 0
      for plane in 0..<depth {
        let way = first(plane) - second(plane)
        square += way * way
      }
      return Int128(square)
    }
    let (opacity, other) = (first(depth - 1), second(depth - 1))
    let way = maxval * (opacity - other)
    // In units of 1 / (2 maxval): a c - a / 2 becomes 2 a c - a maxval.
    var square: Int128 = 0
    for plane in 0..<depth - 1 {
      let visible = Int128(2 * (opacity * first(plane) - other * second(plane)) - way)
      square += visible * visible
    }
    return 3 * square + Int128(planeCount) * Int128(way) * Int128(way)
  }

  /// The squared distance between tuples of two kinds or maxvals, in sample steps of the image, times `unit`, rounded.
  private func scaledSquare(_ first: (Int) -> Int, _ second: (Int) -> Int) -> Int128 {
    guard let (image, mapped, mappedMaxval) = conversion else { return 0 }
    let scales = (Double(maxval), Double(mappedMaxval))
    let opacity = image.hasOpacity ? Double(first(image.colorCount)) / scales.0 : 1
    let other = mapped.hasOpacity ? Double(second(mapped.colorCount)) / scales.1 : 1
    var sum = 0.0
    for plane in 0..<max(image.colorCount, mapped.colorCount) {
      let color = Double(first(image.colorCount == 1 ? 0 : plane)) / scales.0
      let otherColor = Double(second(mapped.colorCount == 1 ? 0 : plane)) / scales.1
      let way =
        isPremultiplied
        ? opacity * (color - 0.5) - other * (otherColor - 0.5) : color - otherColor
      sum += way * way
    }
    let way = opacity - other
    sum += way * way * (isPremultiplied ? Double(planeCount) / 12 : 1)
    return Int128((sum * scales.0 * scales.0 * Double(unit)).rounded())
  }
}
