import Memory

/// The samples that a device with a few bits per plane can show.
///
/// With *b* bits, a plane has the levels *i* / (2^*b* - 1) times maxval, rounded to whole samples.
package struct DeviceLevels: Sendable {
  /// For each plane of a tuple its levels, distinct and ascending, from 0 to maxval.
  private let planes: [[UInt16]]

  /// Nil if the depths are neither of the following.
  ///
  /// - Parameters:
  ///   - depths: Bits of each plane: one number for all color planes, one for each color plane, or one for each plane
  ///     with opacity. Each is 1 to 16. Opacity without a number has all levels.
  ///   - kind: The meaning of the planes.
  ///   - maxval: The largest sample.
  package init?(depths: [Int], _ kind: TupleKind, maxval: Int) {
    let isForAll = depths.count == 1
    guard isForAll || depths.count == kind.colorCount || depths.count == kind.depth else { return nil }
    planes = (0..<kind.depth).map { plane in
      let depth = isForAll && plane < kind.colorCount ? depths[0] : depths.dropFirst(plane).first ?? 16
      return Self.levels(depth: depth, maxval: maxval)
    }
  }

  private static func levels(depth: Int, maxval: Int) -> [UInt16] {
    let last = 1 << depth - 1
    guard last < maxval else { return (0...maxval).map { UInt16(truncatingIfNeeded: $0) } }
    return (0...last).map { UInt16(truncatingIfNeeded: (2 * $0 * maxval + last) / (2 * last)) }
  }

  /// The levels of a plane.
  func levels(_ plane: Int) -> [UInt16] { planes[plane] }

  /// Whether the first planes have the same levels.
  func areEqual(planeCount: Int) -> Bool {
    planes.prefix(planeCount).allSatisfy { $0 == planes[0] }
  }

  /// Whether a sample is a level of its plane.
  func contains(_ sample: Int, plane: Int) -> Bool {
    let levels = planes[plane]
    let place = levels.partitioningIndex { Int($0) >= sample }
    return place < levels.count && Int(levels[place]) == sample
  }

  /// The level nearest to a sample, of two the higher.
  ///
  /// - Parameters:
  ///   - sample: The sample, which need not be whole.
  ///   - plane: The plane.
  /// - Returns: One of the levels of the plane.
  func nearest(_ sample: Double, plane: Int) -> UInt16 {
    let levels = planes[plane]
    let place = (0..<levels.count - 1).partitioningIndex {
      Double(levels[$0]) + Double(levels[$0 + 1]) > 2 * sample
    }
    return levels[place]
  }
}
