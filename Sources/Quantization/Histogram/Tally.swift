/// Counts tuples as they arrive, and afterwards maps each tuple to the palette color of its label.
///
/// It chooses one of several tables by the layout and the number of tuples. The results do not depend on the table.
package final class Tally {
  package let layout: TupleLayout
  private var table: Table

  private enum Table {
    case direct(DirectTable)
    case codes(CodeTable)
    case list(CodeList)
    case tuples(TupleTable)
  }

  /// Creates an empty tally.
  ///
  /// - Parameters:
  ///   - layout: The layout of the tuples.
  ///   - expectedCount: Expected number of tuples. It affects only the speed.
  ///   - limit: Maximum number of distinct tuples; values below 65536 count as 65536. If there are more, similar tuples
  ///     of at most eight bytes are merged; nil is no limit.
  /// - Throws: `OutOfMemory`.
  package init(layout: TupleLayout, expectedCount: Int, limit: Int? = nil) throws {
    self.layout = layout
    let limit = limit.map { max($0, 1 << 16) }
    if layout.bytesPerTuple <= 2 && layout.bytesPerSample == 1
      || layout.bytesPerTuple == 3 && expectedCount >= Self.directTableThreshold
    {
      table = .direct(try DirectTable(code: MortonCode(layout: layout), limit: limit))
    } else if layout.bytesPerTuple <= MortonCode.byteLimit {
      table = .codes(try CodeTable(code: MortonCode(layout: layout), limit: limit))
    } else {
      table = .tuples(try TupleTable(layout: layout))
    }
  }

  /// Minimum number of pixels for a table of all 2^24 colors. Clearing and scanning it takes as long as hashing this
  /// many pixels.
  private static let directTableThreshold = 65536

  /// Whether `clear` can save time.
  package var isReusable: Bool {
    if case .direct = table { true } else { false }
  }

  /// Resets the tally for another image if reusing its memory saves time.
  ///
  /// - Parameters:
  ///   - layout: The layout of the other image's tuples.
  ///   - expectedCount: Expected number of tuples.
  /// - Returns: Whether the tally was reset. If it was not, it is unchanged.
  /// - Throws: `OutOfMemory`.
  package func clear(layout: TupleLayout, expectedCount: Int) throws -> Bool {
    guard case .direct(let table) = table, layout == self.layout,
      layout.bytesPerTuple < 3 || expectedCount >= Self.directTableThreshold
    else { return false }
    try table.clear()
    return true
  }

  /// Counts a run of whole raw tuples.
  ///
  /// - Throws: `OutOfMemory`.
  package func add(_ tuples: UnsafeRawBufferPointer) throws {
    switch table {
    case .direct(let table): try table.add(tuples)
    case .codes(let codes):
      let byteCount = try codes.add(tuples)
      if byteCount < tuples.count {
        let list = try codes.list(waitingCount: CodeList.waitingCountInCache)
        table = .list(list)
        try list.add(UnsafeRawBufferPointer(rebasing: tuples[byteCount...]))
      }
    case .list(let table): try table.add(tuples)
    case .tuples(let table): try table.add(tuples)
    }
  }

  /// Number of lowest bits of each sample that are ignored, because there are too many distinct tuples.
  package var droppedBitCount: Int {
    switch table {
    case .direct(let table): table.droppedBitCount
    case .list(let table): table.droppedBitCount
    case .codes, .tuples: 0
    }
  }

  /// The histogram of all counted tuples. Call it once, after the last tuple.
  ///
  /// - Precondition: At least one tuple was counted.
  package func histogram() throws -> Histogram {
    switch table {
    case .direct(let table): return try table.histogram()
    case .codes(let codes):
      guard codes.isLarge else { return try codes.histogram() }
      let list = try codes.list()
      table = .list(list)
      return try list.histogram()
    case .list(let table): return try table.histogram()
    case .tuples(let table): return try table.histogram()
    }
  }

  /// Stores a label for each distinct tuple, for `map`.
  ///
  /// - Parameters:
  ///   - labels: The label of each tuple of the histogram, `0..<labelCount`.
  ///   - labelCount: Number of distinct labels.
  /// - Throws: `OutOfMemory`.
  package func setLabels(_ labels: UnsafeBufferPointer<UInt32>, labelCount: Int) throws {
    switch table {
    case .direct(let table): try table.setLabels(labels, labelCount: labelCount)
    case .codes(let table): table.setLabels(labels)
    case .list(let table): try table.setLabels(labels)
    case .tuples(let table): try table.setLabels(labels)
    }
  }

  /// Replaces each raw tuple of a run by the palette color of its label. All tuples have to be counted.
  ///
  /// Several threads may call it at the same time.
  ///
  /// - Parameters:
  ///   - tuples: Whole raw tuples.
  ///   - palette: The color of each label.
  ///   - output: Memory for one color per tuple. It must not overlap `tuples`.
  package func map(
    _ tuples: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    precondition(
      output.count / palette.layout.bytesPerTuple == tuples.count / layout.bytesPerTuple)
    switch table {
    case .direct(let table): table.map(tuples, to: palette, into: output)
    case .codes(let table): table.map(tuples, to: palette, into: output)
    case .list(let table): table.map(tuples, to: palette, into: output)
    case .tuples(let table): table.map(tuples, to: palette, into: output)
    }
  }
}
