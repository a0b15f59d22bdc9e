/// A square matrix of thresholds that is repeated over an image. The thresholds are ranks, each of which occurs once.
package struct ThresholdMap: Sendable {
  /// Number of rows, and number of columns, a power of 2.
  package let side: Int

  /// The ranks, row by row, `0..<side * side`.
  package let ranks: [UInt16]

  /// The 8 x 8 Bayer matrix.
  ///
  /// Bayer, "An optimum method for two-level rendition of continuous-tone pictures", IEEE ICC, 1973.
  package static let bayer8: ThresholdMap = {
    var (side, ranks) = (1, [UInt16(0)])
    while side < 8 {
      var grown = [UInt16](repeating: 0, count: 4 * side * side)
      for (index, rank) in ranks.enumerated() {
        let (row, column) = (index / side, index % side)
        for (offset, quarter) in [(0, 0), (1, 2), (2 * side, 3), (2 * side + 1, 1)] {
          // Each quarter of the larger matrix is derived from the smaller matrix.
          let place = (row + offset / (2 * side) * side) * 2 * side + column + offset % (2 * side) * side
          grown[place] = 4 * rank + UInt16(quarter)
        }
      }
      (side, ranks) = (2 * side, grown)
    }
    return ThresholdMap(side: side, ranks: ranks)
  }()

  /// 64 x 64 noise without low frequencies. It is computed at first use, which takes some milliseconds.
  package static let blueNoise: ThresholdMap = {
    var maker = VoidAndCluster()
    return ThresholdMap(side: VoidAndCluster.side, ranks: maker.ranks())
  }()

  /// Calls `body` with the thresholds of one row of an image, as levels.
  ///
  /// - Parameters:
  ///   - row: The number of the row.
  ///   - levelCount: Number of levels, `1...256`.
  ///   - body: Called once with the levels of the first `side` columns, `0..<levelCount`. They repeat in further
  ///     columns.
  func withRow(_ row: Int, levelCount: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let start = row % side * side
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: side) { levels in
      for column in 0..<side {
        levels[column] = UInt8(truncatingIfNeeded: Int(ranks[start + column]) * levelCount / (side * side))
      }
      body(UnsafeBufferPointer(levels))
    }
  }
}
