import Memory

/// Finds the labels of Morton codes.
///
/// Neighbors in Morton order often have the same label, so most cells of a grid have only one label. A hash table finds
/// the cell of a code. It is smaller than a table of all codes, so more of it stays in the cache. If the cell has
/// several labels, a binary search finds the run of codes with the same label. The label of a code that is not in the
/// list is undefined.
package final class LabelIndex {
  private let slots: Storage<CellSlot>
  private var runs: GrowingStorage<CellRuns>
  private var starts: GrowingStorage<UInt64>
  private var labels: GrowingStorage<UInt32>
  private let shift: UInt64
  private let slotBits: Int

  /// - Parameters:
  ///   - codes: Distinct sorted codes, at least one.
  ///   - bitCount: Bits of a code.
  ///   - codeLabels: The label of each code.
  ///   - cellLimit: Maximum number of cells, at least 1.
  ///   - leastShift: Number of lowest bits of a code that are ignored in the search.
  /// - Throws: `OutOfMemory`.
  init(
    _ codes: UnsafeBufferPointer<UInt64>, bitCount: Int, labels codeLabels: UnsafeBufferPointer<UInt32>,
    cellLimit: Int, leastShift: Int = 0
  ) throws {
    let grid = Self.grid(codes, bitCount: bitCount, cellLimit: cellLimit, leastShift: leastShift)
    shift = UInt64(grid.shift)
    // There are more than twice as many slots as cells, so at least one slot is free.
    slotBits = Int.bitWidth - (2 * grid.cellCount).leadingZeroBitCount
    slots = try Storage(count: 1 << slotBits, hugePages: slotBits > 18)
    runs = try GrowingStorage()
    starts = try GrowingStorage()
    labels = try GrowingStorage()
    var start = 0
    while start < codes.count {
      let cell = codes[start] >> shift
      let firstRun = starts.count
      var end = start
      while end < codes.count && codes[end] >> shift == cell {
        if end == start || codeLabels[end] != codeLabels[end - 1] {
          try starts.append(codes[end])
          try labels.append(codeLabels[end])
        }
        end += 1
      }
      let isMixed = starts.count - firstRun > 1
      let value = isMixed ? UInt32(runs.count) : codeLabels[start]
      cells.insert(codes[start], value: value, isMixed: isMixed)
      if isMixed {
        try runs.append(CellRuns(start: firstRun, count: starts.count - firstRun))
      } else {
        starts.count = firstRun
        labels.count = firstRun
      }
      start = end
    }
  }

  private var cells: LabelCells {
    LabelCells(
      slots: slots.base, bits: slotBits, shift: shift, runs: runs.base, starts: starts.base,
      labels: labels.base)
  }

  /// The finest grid that has at most `cellLimit` cells and whose cell numbers fit in 30 bits. A cell ignores the
  /// lowest `shift` bits of a code.
  private static func grid(
    _ codes: UnsafeBufferPointer<UInt64>, bitCount: Int, cellLimit: Int, leastShift: Int
  ) -> (shift: Int, cellCount: Int) {
    var partings = [Int](repeating: 0, count: 64)
    partings.withUnsafeMutableBufferPointer { partings in
      for index in 1..<max(codes.count, 1) {
        partings[63 - (codes[index - 1] ^ codes[index]).leadingZeroBitCount] += 1
      }
    }
    // Neighboring codes are in different cells if their highest differing bit is one that the cells keep.
    var shift = bitCount
    var cellCount = 1
    while shift > max(bitCount - 30, leastShift) && cellCount + partings[shift - 1] <= cellLimit {
      shift -= 1
      cellCount += partings[shift]
    }
    return (shift, cellCount)
  }

  /// The usual limit for the number of cells. For fewer cells, the slots take at most two megabytes.
  ///
  /// With a limit four times as high, mapping a photograph of four planes took 1.5 times as long. With half the limit,
  /// it was not faster.
  package static var cellsInCache: Int { 1 << 17 }

  /// Replaces each raw tuple of a run by the palette color of its label. The code of each tuple has to be in the list.
  func map(
    _ tuples: UnsafeRawBufferPointer, code: MortonCode, to palette: RawTuples,
    into output: UnsafeMutableRawBufferPointer
  ) {
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress,
      let target = output.bindMemory(to: UInt8.self).baseAddress,
      let colors = palette.bytes.bindMemory(to: UInt8.self).baseAddress
    else { return }
    let byteCount = code.layout.bytesPerTuple
    code.withContributions { parts in
      cells.map(
        source, tuples.count / byteCount, byteCount: byteCount, parts: parts, palette: colors,
        bytesPerColor: palette.layout.bytesPerTuple, into: target)
    }
  }
}
