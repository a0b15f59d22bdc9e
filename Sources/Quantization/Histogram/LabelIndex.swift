import Memory

/// Finds the labels of sorted codes.
///
/// In Morton order labels change seldom, and of the cells of a grid most have one label. So a hash table finds the
/// cell of a code, which is in the cache more often than the code would be; and where a cell has several labels,
/// bisection finds the run of codes of one label. Codes that are not in the list have no meaning.
package final class LabelIndex {
  private let slots: Storage<CellSlot>
  private var runs: GrowingStorage<CellRuns>
  private var starts: GrowingStorage<UInt64>
  private var labels: GrowingStorage<UInt32>
  private let shift: UInt64
  private let slotBits: Int

  /// - Parameters:
  ///   - codes: At least one, sorted, all different.
  ///   - bitCount: Bits of a code.
  ///   - codeLabels: The label of each.
  ///   - cellLimit: Cells at the most, at least 1.
  ///   - leastShift: The lowest bits of codes that do not count: others than those in the list, with the same bits above,
  ///     are the same.
  /// - Throws: `OutOfMemory`.
  init(
    _ codes: UnsafeBufferPointer<UInt64>, bitCount: Int, labels codeLabels: UnsafeBufferPointer<UInt32>,
    cellLimit: Int, leastShift: Int = 0
  ) throws {
    let grid = Self.grid(codes, bitCount: bitCount, cellLimit: cellLimit, leastShift: leastShift)
    shift = UInt64(grid.shift)
    // Twice as many slots as cells, and one that is always free.
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

  /// The finest grid, of cells of so many low bits, that has few enough of them and a number of 30 bits for each.
  private static func grid(
    _ codes: UnsafeBufferPointer<UInt64>, bitCount: Int, cellLimit: Int, leastShift: Int
  ) -> (shift: Int, cellCount: Int) {
    var partings = [Int](repeating: 0, count: 64)
    partings.withUnsafeMutableBufferPointer { partings in
      for index in 1..<max(codes.count, 1) {
        partings[63 - (codes[index - 1] ^ codes[index]).leadingZeroBitCount] += 1
      }
    }
    // Codes that part at a bit the cells keep are of different cells.
    var shift = bitCount
    var cellCount = 1
    while shift > max(bitCount - 30, leastShift) && cellCount + partings[shift - 1] <= cellLimit {
      shift -= 1
      cellCount += partings[shift]
    }
    return (shift, cellCount)
  }

  /// Cells whose slots take two megabytes. With four times as many, a photograph of four planes was mapped in half as
  /// long again; with half as many, no sooner.
  package static var cellsInCache: Int { 1 << 17 }

  /// Writes for each of a run of raw tuples, all of whose codes are in the list, that of its label.
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
