/// Some of the points of a color space, with what they want of the colors they are given to.
struct GamutPart {
  let assigner: Assigner<Double>

  /// The points, by their numbers among all; nil is all.
  let numbers: Storage<UInt32>?

  /// Whether only opaque colors will do.
  let wantsOpaque: Bool

  /// The opaque points and the others; one of them if the other has none.
  ///
  /// - Throws: `QuantizationError.outOfMemory`.
  static func byOpacity(
    _ working: WorkingPoints, tuples: Storage<UInt16>, threadCount: Int
  ) throws -> [GamutPart] {
    try [true, false].compactMap { wantsOpaque in
      var numbers = try GrowingStorage<UInt32>()
      for point in 0..<working.points.count
      where working.model.isOpaque(tuples, Int(working.representatives.base[point])) == wantsOpaque {
        try numbers.append(UInt32(truncatingIfNeeded: point))
      }
      guard numbers.count > 0 else { return nil }
      let kept = try Storage<UInt32>(count: numbers.count)
      _ = kept.elements.update(fromContentsOf: numbers.elements)
      let tree = try PointTree<Double>(working.points.selecting(kept), threadCount: threadCount)
      return GamutPart(
        assigner: Assigner(tree, threadCount: threadCount), numbers: kept, wantsOpaque: wantsOpaque)
    }
  }
}

extension Points {
  /// Some of the points, in their order.
  func selecting(_ numbers: Storage<UInt32>) throws -> Points {
    let selectedCount = numbers.elements.count
    let selected = try Storage<UInt16>(count: selectedCount * dimension)
    let selectedWeights = try Storage<Int>(count: selectedCount)
    for (index, number) in numbers.elements.enumerated() {
      selectedWeights.base[index] = weights.base[Int(number)]
      for plane in 0..<dimension {
        selected.base[plane * selectedCount + index] = coordinates.base[plane * count + Int(number)]
      }
    }
    return Points(
      count: selectedCount, dimension: dimension, upperBound: upperBound, coordinates: selected,
      weights: selectedWeights)
  }
}
