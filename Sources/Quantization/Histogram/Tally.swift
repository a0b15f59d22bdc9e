/// Counts tuples as they arrive, and afterwards finds the label of each counted tuple.
///
/// The layout and the number of tuples decide which of several tables it uses. The histogram and the labels do not depend on
/// the table.
package final class Tally {
  package let layout: TupleLayout
  private var table: Table

  private enum Table {
    case direct(DirectTable)
    case codes(CodeTable)
    case list(CodeList)
    case tuples(TupleTable)
  }

  /// Makes an empty tally.
  ///
  /// - Parameters:
  ///   - layout: The layout of the tuples.
  ///   - expectedCount: Number of tuples expected; it changes only the speed.
  ///   - limit: Maximum number of distinct tuples, at least 65536. If there are more, similar tuples of at most eight bytes
  ///     are merged; nil is no limit.
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

  /// From how many pixels on a table of all 2^24 colors costs less than hashing: clearing and scanning it takes as
  /// long as hashing this many.
  private static let directTableThreshold = 65536

  /// Forgets all tuples, to count those of another image.
  ///
  /// - Parameters:
  ///   - layout: The layout of its tuples.
  ///   - expectedCount: Number of tuples expected.
  /// - Returns: Whether this saves time; if not, nothing changes.
  /// - Throws: `OutOfMemory`.
  package func clear(layout: TupleLayout, expectedCount: Int) throws -> Bool {
    guard case .direct(let table) = table, layout == self.layout,
      layout.bytesPerTuple < 3 || expectedCount >= Self.directTableThreshold
    else { return false }
    try table.clear()
    return true
  }

  /// Counts a run of whole raw tuples.
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

  /// Bits of each sample that are not told apart, for the tuples would be too many.
  package var droppedBitCount: Int {
    switch table {
    case .direct(let table): table.droppedBitCount
    case .list(let table): table.droppedBitCount
    case .codes, .tuples: 0
    }
  }

  /// The distinct tuples counted so far; to be called once, after the last tuple.
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

  /// Keeps a label for each distinct tuple, for `map` to find.
  ///
  /// - Parameters:
  ///   - labels: A label for each tuple of the histogram, `0..<labelCount`.
  ///   - labelCount: Different labels.
  /// - Throws: `OutOfMemory`.
  package func setLabels(_ labels: UnsafeBufferPointer<UInt32>, labelCount: Int) throws {
    switch table {
    case .direct(let table): try table.setLabels(labels, labelCount: labelCount)
    case .codes(let table): table.setLabels(labels)
    case .list(let table): try table.setLabels(labels)
    case .tuples(let table): try table.setLabels(labels)
    }
  }

  /// Writes for each of a run of raw tuples, all of which were counted, the tuple of its label.
  ///
  /// Safe to call from several threads at once.
  ///
  /// - Parameters:
  ///   - tuples: The run.
  ///   - palette: What to write for the labels, in their order.
  ///   - output: Room for a color of the palette for each tuple, elsewhere than the run.
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
