/// Counts tuples of up to four planes by their Morton codes, in a sorted list.
///
/// Where most tuples are new, hashing each waits for memory; here codes are collected, sorted and merged into the list
/// when they have become many. Memory follows the distinct tuples, 16 bytes for each, twice and half again while
/// merging.
final class CodeList {
  private let code: MortonCode

  private var codes: Storage<UInt64>
  private var weights: Storage<Int>
  private var count: Int

  /// Codes of tuples that are not yet in the list.
  private var waiting: Storage<UInt64>
  private var waitingCount = 0

  private var index: LabelIndex?

  /// Goes on from a list.
  ///
  /// - Parameters:
  ///   - code: What the codes are.
  ///   - codes: Sorted, all different.
  ///   - weights: The pixels of each.
  /// - Throws: `QuantizationError.outOfMemory`.
  init(code: MortonCode, codes: Storage<UInt64>, weights: Storage<Int>) throws {
    self.code = code
    self.codes = codes
    self.weights = weights
    count = codes.elements.count
    waiting = try Storage(count: Self.leastWaitingCount, hugePages: true)
  }

  /// So many codes are sorted within a cache of some megabytes.
  private static let leastWaitingCount = 1 << 19

  private var sorted: WeightedCodes {
    WeightedCodes(codes: codes.base, weights: weights.base, count: count)
  }

  func add(_ tuples: UnsafeRawBufferPointer) throws {
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

  /// Sorts what is waiting into the list.
  private func merge() throws {
    guard waitingCount > 0 else { return }
    try sortByRadix(UnsafeMutableBufferPointer(rebasing: waiting.elements[0..<waitingCount]))
    let mergedCodes = try Storage<UInt64>(count: count + waitingCount, hugePages: true)
    let mergedWeights = try Storage<Int>(count: count + waitingCount, hugePages: true)
    var merged = WeightedCodes(codes: mergedCodes.base, weights: mergedWeights.base, count: 0)
    merged.merge(sorted, waiting.base, waitingCount)
    (codes, weights, count) = (mergedCodes, mergedWeights, merged.count)
    waitingCount = 0
  }

  /// Lets half as many wait as there are in the list, so that each is merged a few times only.
  private func makeRoom() throws {
    if waiting.elements.count < count / 2 {
      waiting = try Storage(count: count / 2, hugePages: true)
    }
  }

  func histogram() throws -> Histogram {
    try merge()
    waiting = try Storage(count: 0)
    let histogram = try Histogram(layout: code.layout, count: count, weights: weights)
    for plane in 0..<code.layout.depth {
      let samples = histogram.samples.base + plane * count
      for index in 0..<count {
        samples[index] = code.sample(codes.base[index], plane: plane)
      }
    }
    return histogram
  }

  func setLabels(_ labels: UnsafeBufferPointer<UInt32>) throws {
    index = try LabelIndex(
      UnsafeBufferPointer(rebasing: codes.elements[0..<count]), bitCount: code.bitCount, labels: labels)
  }

  func map(
    _ tuples: UnsafeRawBufferPointer, to palette: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) {
    guard let index else { preconditionFailure("mapping comes after the labels") }
    index.map(tuples, code: code, to: palette, into: output)
  }
}
