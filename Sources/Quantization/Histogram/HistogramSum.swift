import Memory

/// Adds up histograms.
///
/// The result does not depend on the order of the histograms, or on how the pixels were divided among them.
package final class HistogramSum {
  package let layout: TupleLayout
  private let table: Table

  private enum Table {
    case codes(CodeTable)
    case tuples(TupleTable)
  }

  /// The error of a count that does not fit in 63 bits.
  package struct Overflow: Error {}

  /// - Parameter layout: The layout of the tuples.
  /// - Throws: `OutOfMemory`.
  package init(_ layout: TupleLayout) throws {
    self.layout = layout
    table =
      layout.bytesPerTuple <= MortonCode.byteLimit
      ? .codes(try CodeTable(code: MortonCode(layout: layout))) : .tuples(try TupleTable(layout: layout))
  }

  /// Adds pixels of one tuple.
  ///
  /// - Parameters:
  ///   - tuple: The bytes of the raw tuple.
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

  /// Whether no pixels have been added.
  package var isEmpty: Bool {
    switch table {
    case .codes(let table): table.distinctCount == 0
    case .tuples(let table): table.count == 0
    }
  }

  /// The histogram of all pixels.
  ///
  /// - Precondition: At least one tuple was added.
  /// - Returns: The sum of the histograms.
  /// - Throws: `Overflow` if the total number of pixels does not fit in 63 bits, `OutOfMemory`.
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
  /// Adds the histogram of gray images to this histogram of color images. Gray tuples become three equal planes.
  ///
  /// - Parameter gray: A histogram with two planes fewer and the same maxval.
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
