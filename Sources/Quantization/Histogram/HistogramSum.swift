import Memory

/// Adds up histograms: the counts of equal tuples.
///
/// The result does not depend on the order of the histograms, or on how the pixels were divided among them.
package final class HistogramSum {
  package let layout: TupleLayout
  private let table: Table

  private enum Table {
    case codes(CodeTable)
    case tuples(TupleTable)
  }

  /// A count does not fit in 63 bits.
  package struct Overflow: Error {}

  /// - Parameter layout: The layout of the tuples.
  /// - Throws: `OutOfMemory`.
  package init(_ layout: TupleLayout) throws {
    self.layout = layout
    table =
      layout.bytesPerTuple <= MortonCode.byteLimit
      ? .codes(try CodeTable(code: MortonCode(layout: layout))) : .tuples(try TupleTable(layout: layout))
  }

  /// Adds a tuple.
  ///
  /// - Parameters:
  ///   - tuple: The bytes of a raw tuple.
  ///   - count: Number of pixels, at least 1.
  /// - Throws: `Overflow`, `OutOfMemory`.
  package func add(_ tuple: UnsafeBufferPointer<UInt8>, count: UInt64) throws {
    guard let count = Int(exactly: count), let base = tuple.baseAddress else { throw Overflow() }
    let fits =
      switch table {
      case .codes(let table): try table.add(base, count: count)
      case .tuples(let table): try table.add(UnsafeRawBufferPointer(tuple), count: count)
      }
    guard fits else { throw Overflow() }
  }

  /// Whether nothing has been added.
  package var isEmpty: Bool {
    switch table {
    case .codes(let table): table.distinctCount == 0
    case .tuples(let table): table.count == 0
    }
  }

  /// The sum.
  ///
  /// - Precondition: At least one tuple was added.
  /// - Returns: The histogram of all pixels.
  /// - Throws: `Overflow` if all counts together do not fit in 63 bits, `OutOfMemory`.
  package func histogram() throws -> Histogram {
    let histogram =
      switch table {
      case .codes(let table): try table.histogram()
      case .tuples(let table): try table.histogram()
      }
    var sum = 0
    for tuple in 0..<histogram.count {
      let (next, overflow) = sum.addingReportingOverflow(histogram.weights.base[tuple])
      guard !overflow else { throw Overflow() }
      sum = next
    }
    return histogram
  }
}

extension Histogram {
  /// The histogram of these pixels and those of gray images, whose tuples count as three equal planes.
  ///
  /// - Parameter gray: Tuples of two planes less.
  /// - Returns: The sum.
  /// - Throws: `HistogramSum.Overflow`, `OutOfMemory`.
  package func adding(gray: Histogram) throws -> Histogram {
    precondition(gray.layout.depth + 2 == layout.depth && gray.layout.maxval == layout.maxval)
    let sum = try HistogramSum(layout)
    for histogram in [self, gray] {
      for tuple in 0..<histogram.count {
        let first = layout.depth - histogram.layout.depth
        var bytes: [UInt8] = []
        for plane in 0..<layout.depth {
          let sample = histogram.samples.base[max(plane - first, 0) * histogram.count + tuple]
          if layout.bytesPerSample == 2 { bytes.append(UInt8(sample >> 8)) }
          bytes.append(UInt8(truncatingIfNeeded: sample))
        }
        try bytes.withUnsafeBufferPointer { try sum.add($0, count: UInt64(histogram.weights.base[tuple])) }
      }
    }
    return try sum.histogram()
  }
}
