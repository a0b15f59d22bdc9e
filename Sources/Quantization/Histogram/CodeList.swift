import Memory

/// Counts tuples of up to eight bytes in a sorted list of Morton codes.
///
/// New codes are collected, sorted and merged into the list in bulk. If most tuples are new, this is faster than a hash
/// table, where each access waits for memory. The list takes 16 bytes for each distinct tuple and at most as much again
/// for waiting codes.
package final class CodeList {
  private let code: MortonCode

  /// The bits of each sample that have been dropped, because there were too many distinct tuples.
  private var coarseness: DroppedBits

  private var codes: Storage<UInt64>
  private var weights: Storage<Int>
  private var count: Int

  /// Codes that are not yet merged into the list, and equal space for sorting them.
  private var waiting: Storage<UInt64>
  private var spare: Storage<UInt64>
  private var waitingCount = 0

  private var index: LabelIndex?

  /// Makes a list with tuples that have been counted already.
  ///
  /// - Parameters:
  ///   - code: The Morton code of the tuples.
  ///   - codes: The distinct codes counted so far, sorted.
  ///   - weights: The number of pixels of each code.
  ///   - waitingCount: Minimum number of codes to collect before a merge.
  ///   - limit: Maximum number of codes. If there are more, similar tuples are merged; nil is no limit.
  /// - Throws: `OutOfMemory`.
  package init(
    code: MortonCode, codes: Storage<UInt64>, weights: Storage<Int>,
    waitingCount: Int, limit: Int? = nil
  ) throws {
    self.code = code
    coarseness = DroppedBits(code, limit: limit)
    self.codes = codes
    self.weights = weights
    count = codes.elements.count
    waiting = try Storage(count: waitingCount, hugePages: true)
    spare = try Storage(count: waitingCount, hugePages: true)
    coarsen()
  }

  /// Number of codes that can be sorted within a cache of some megabytes.
  package static let waitingCountInCache = 1 << 20

  private var sorted: WeightedCodes {
    WeightedCodes(codes: codes.base, weights: weights.base, count: count)
  }

  /// Counts a run of whole raw tuples.
  package func add(_ tuples: UnsafeRawBufferPointer) throws {
    guard let source = tuples.bindMemory(to: UInt8.self).baseAddress else { return }
    let byteCount = code.layout.bytesPerTuple
    let tupleCount = tuples.count / byteCount
    var start = 0
    while start < tupleCount {
      if waitingCount == waiting.elements.count {
        try merge()
        try makeRoom()
      }
      let end = min(start + waiting.elements.count - waitingCount, tupleCount)
      code.withContributions { parts in
        writeCodes(
          of: source + byteCount * start, end - start, byteCount: byteCount, parts: parts,
          into: waiting.base + waitingCount)
      }
      waitingCount += end - start
      start = end
    }
  }

  /// Number of lowest bits of each sample that are ignored.
  var droppedBitCount: Int { coarseness.bitCount }

  /// Drops bits and merges the codes of each cell if there are too many codes.
  private func coarsen() {
    guard coarseness.coarsen(count, at: { codes.base[$0] }) else { return }
    var kept = 0
    for index in 0..<count {
      let cell = coarseness.cell(codes.base[index])
      if kept > 0 && codes.base[kept - 1] == cell {
        weights.base[kept - 1] += weights.base[index]
      } else {
        codes.base[kept] = cell
        weights.base[kept] = weights.base[index]
        kept += 1
      }
    }
    count = kept
  }

  /// Sorts the waiting codes and merges them into the list.
  private func merge() throws {
    guard waitingCount > 0 else { return }
    if coarseness.bitCount > 0 {
      for index in 0..<waitingCount {
        waiting.base[index] = coarseness.cell(waiting.base[index])
      }
    }
    sortByRadix(
      UnsafeMutableBufferPointer(rebasing: waiting.elements[0..<waitingCount]), spare: spare.elements)
    let unionCount = sorted.union(waiting.base, waitingCount)
    if unionCount > codes.elements.count {
      try grow(to: Self.growth * unionCount)
    }
    sorted.merge(waiting.base, waitingCount, unionCount: unionCount)
    count = unionCount
    waitingCount = 0
    coarsen()
  }

  /// The capacity of the list after it grows, as a multiple of its size. Unused pages take no memory, but copying the
  /// list takes time.
  private static let growth = 8

  private func grow(to capacity: Int) throws {
    let grownCodes = try Storage<UInt64>(count: capacity, hugePages: true)
    let grownWeights = try Storage<Int>(count: capacity, hugePages: true)
    grownCodes.base.update(from: codes.base, count: count)
    grownWeights.base.update(from: weights.base, count: count)
    (codes, weights) = (grownCodes, grownWeights)
  }

  /// Keeps the capacity for waiting codes at a quarter of the list or more, so that each code is merged only a few
  /// times.
  private func makeRoom() throws {
    if waiting.elements.count < count / 4 {
      waiting = try Storage(count: count / 2, hugePages: true)
      spare = try Storage(count: count / 2, hugePages: true)
    }
  }

  /// The histogram of all counted tuples. Call it once, after the last tuple.
  package func histogram() throws -> Histogram {
    try merge()
    waiting = try Storage(count: 0)
    spare = try Storage(count: 0)
    let histogram = try Histogram(layout: code.layout, count: count, weights: weights)
    for plane in 0..<code.layout.depth {
      let samples = histogram.samples.base + plane * count
      for index in 0..<count {
        samples[index] = coarseness.sample(codes.base[index], plane: plane)
      }
    }
    return histogram
  }

  /// Stores the label of each tuple for `map`.
  ///
  /// - Parameters:
  ///   - labels: The label of each tuple of the histogram.
  ///   - cellLimit: Maximum number of cells in the `LabelIndex`.
  /// - Throws: `OutOfMemory`.
  package func setLabels(
    _ labels: UnsafeBufferPointer<UInt32>, cellLimit: Int = LabelIndex.cellsInCache
  ) throws {
    index = try LabelIndex(
      UnsafeBufferPointer(rebasing: codes.elements[0..<count]), bitCount: code.bitCount, labels: labels,
      cellLimit: cellLimit, leastShift: coarseness.codeBitCount)
  }

  /// Replaces each raw tuple of a run by the palette color of its label. All tuples have to be counted.
  package func map(
    _ tuples: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    guard let index else { preconditionFailure("mapping comes after the labels") }
    index.map(tuples, code: code, to: palette, into: output)
  }
}
