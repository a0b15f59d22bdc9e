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

  /// The error that a number of pixels does not fit in 63 bits.
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
    try sum.add(self)
    try sum.add(gray) { plane, tuple in
      Int(gray.samples.base[max(plane - 2, 0) * gray.count + tuple])
    }
    return try sum.histogram()
  }

  /// The histogram after opacity, which has to be the last plane, has become 0 or maxval.
  ///
  /// - Returns: A histogram of as many pixels; see `TupleLayout.binaryOpacity`.
  /// - Throws: `OutOfMemory`.
  package func withBinaryOpacity() throws -> Histogram {
    let sum = try HistogramSum(layout)
    try sum.add(self) { plane, tuple in
      let sample = Int(samples.base[plane * count + tuple])
      return plane == layout.depth - 1 ? layout.binaryOpacity(sample) : sample
    }
    return try sum.histogram()
  }
}

extension HistogramSum {
  /// Adds the tuples of a histogram.
  fileprivate func add(_ histogram: Histogram) throws {
    try add(histogram) { plane, tuple in
      Int(histogram.samples.base[plane * histogram.count + tuple])
    }
  }

  /// Adds the tuples of a histogram with other samples.
  ///
  /// - Parameters:
  ///   - histogram: The tuples and their pixel counts.
  ///   - sample: Returns the sample of a plane of a tuple, in the layout of the sum.
  /// - Throws: `HistogramSum.Overflow`, `OutOfMemory`.
  fileprivate func add(_ histogram: Histogram, _ sample: (_ plane: Int, _ tuple: Int) -> Int) throws {
    let bytes = try Storage<UInt8>(count: layout.bytesPerTuple)
    for tuple in 0..<histogram.count {
      for plane in 0..<layout.depth {
        let sample = sample(plane, tuple)
        let last = (plane + 1) * layout.bytesPerSample - 1
        if layout.bytesPerSample == 2 { bytes.base[last - 1] = UInt8(truncatingIfNeeded: sample >> 8) }
        bytes.base[last] = UInt8(truncatingIfNeeded: sample)
      }
      try add(UnsafeBufferPointer(bytes.elements), count: UInt64(histogram.weights.base[tuple]))
    }
  }
}
