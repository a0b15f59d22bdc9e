import Memory

/// Counts tuples of up to four planes by their Morton codes, in a sorted list.
///
/// Where most tuples are new, hashing each waits for memory; here codes are collected, sorted and merged into the list
/// when they have become many. Memory follows the distinct tuples, 16 bytes for each and at most as many again for those
/// that wait.
package final class CodeList {
  private let code: MortonCode

  /// How far tuples are told apart.
  private var coarseness: DroppedBits

  private var codes: Storage<UInt64>
  private var weights: Storage<Int>
  private var count: Int

  /// Codes of tuples that are not yet in the list, and as much room again to sort them.
  private var waiting: Storage<UInt64>
  private var spare: Storage<UInt64>
  private var waitingCount = 0

  private var index: LabelIndex?

  /// Goes on from a list.
  ///
  /// - Parameters:
  ///   - code: What the codes are.
  ///   - codes: Sorted, all different.
  ///   - weights: The pixels of each.
  ///   - waitingCount: So many codes wait at least before they are merged.
  ///   - limit: Codes at the most, beyond which near tuples are counted as one; nil is no limit.
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

  /// So many codes are sorted within a cache of some megabytes.
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

  /// Bits of each sample that are not told apart.
  var droppedBitCount: Int { coarseness.bitCount }

  /// Has codes that are too many stand for cells.
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

  /// Sorts what is waiting into the list.
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

  /// The list is given so many times the room it needs: pages that are not written cost nothing, and moving it does.
  private static let growth = 8

  private func grow(to capacity: Int) throws {
    let grownCodes = try Storage<UInt64>(count: capacity, hugePages: true)
    let grownWeights = try Storage<Int>(count: capacity, hugePages: true)
    grownCodes.base.update(from: codes.base, count: count)
    grownWeights.base.update(from: weights.base, count: count)
    (codes, weights) = (grownCodes, grownWeights)
  }

  /// Lets as many wait as are half of the list, or a quarter, so that each is moved a few times only.
  private func makeRoom() throws {
    if waiting.elements.count < count / 4 {
      waiting = try Storage(count: count / 2, hugePages: true)
      spare = try Storage(count: count / 2, hugePages: true)
    }
  }

  /// The distinct tuples counted so far; to be called once, after the last tuple.
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

  /// Keeps the label of each tuple of the histogram, for `map` to find.
  ///
  /// - Parameters:
  ///   - labels: The labels.
  ///   - cellLimit: Cells at the most in which to look for them.
  /// - Throws: `OutOfMemory`.
  package func setLabels(
    _ labels: UnsafeBufferPointer<UInt32>, cellLimit: Int = LabelIndex.cellsInCache
  ) throws {
    index = try LabelIndex(
      UnsafeBufferPointer(rebasing: codes.elements[0..<count]), bitCount: code.bitCount, labels: labels,
      cellLimit: cellLimit, leastShift: coarseness.codeBitCount)
  }

  /// Writes for each of a run of raw tuples, all of which were counted, the tuple of its label.
  package func map(
    _ tuples: UnsafeRawBufferPointer, to palette: RawTuples, into output: UnsafeMutableRawBufferPointer
  ) {
    guard let index else { preconditionFailure("mapping comes after the labels") }
    index.map(tuples, code: code, to: palette, into: output)
  }
}
