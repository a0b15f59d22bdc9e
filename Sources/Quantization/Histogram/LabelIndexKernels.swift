// The loops over pixels of `LabelIndex`, on plain pointers.

import CKernels

/// A slot of a label index: a cell, and its label or where its runs are.
struct CellSlot: BitwiseCopyable {
  /// Twice one more than the number of the cell, and one more still if the cell has several labels; 0 if free.
  var key: UInt32
  /// The label, or the number of the cell among those with several.
  var value: UInt32
}

/// Where the runs of a cell are, at least two.
struct CellRuns: BitwiseCopyable {
  var start: Int
  var count: Int
}

/// The parts of a label index.
struct LabelCells {
  let slots: UnsafeMutablePointer<CellSlot>
  let bits: Int
  /// Bits of a code that its cell leaves out.
  let shift: UInt64
  /// Where the runs of the cells with several labels are.
  let runs: UnsafePointer<CellRuns>
  /// The first code and the label of each run.
  let starts: UnsafePointer<UInt64>
  let labels: UnsafePointer<UInt32>

  /// The key of a code's cell, if it has one label.
  @inline(__always)
  private func key(_ code: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: code >> shift) &+ 1) << 1
  }

  /// Where the search for a key begins.
  @inline(__always)
  private func home(_ key: UInt32) -> Int {
    Int((key &* 0x9e37_79b1) >> UInt32(truncatingIfNeeded: 32 &- bits))
  }

  /// The slot that holds a key, or the free one where it belongs.
  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    var slot = home(key)
    while slots[slot].key & ~1 != key && slots[slot].key != 0 {
      slot = (slot &+ 1) & (1 << bits &- 1)
    }
    return slot
  }

  /// Takes up the cell of a code.
  @inline(__always)
  func insert(_ code: UInt64, value: UInt32, isMixed: Bool) {
    let key = key(code)
    slots[slot(of: key)] = CellSlot(key: key | (isMixed ? 1 : 0), value: value)
  }

  /// The label of a code.
  @inline(__always)
  private func label(of code: UInt64) -> Int {
    let slot = slots[slot(of: key(code))]
    return slot.key & 1 == 0 ? Int(slot.value) : label(of: code, in: runs[Int(slot.value)])
  }

  /// The label of the last run that does not begin after `code`.
  @inline(__always)
  private func label(of code: UInt64, in runs: CellRuns) -> Int {
    var start = runs.start
    var count = runs.count
    while count > 1 {
      let half = count / 2
      start &+= starts[start &+ half] <= code ? half : 0
      count &-= half
    }
    return Int(labels[start])
  }

  /// Writes for each of a run of raw tuples that of its label.
  @inline(never)
  func map(
    _ source: UnsafePointer<UInt8>, _ count: Int, byteCount: Int, parts: UnsafePointer<UInt64>,
    palette: UnsafePointer<UInt8>, bytesPerColor: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { buffer in
      guard let codes = buffer.baseAddress else { return }
      var start = 0
      while start < count {
        let batch = min(Self.batch, count &- start)
        writeCodes(of: source + byteCount &* start, batch, byteCount: byteCount, parts: parts, into: codes)
        for index in 0..<batch {
          kernels_prefetch(slots + home(key(codes[index])))
        }
        let output = target + bytesPerColor &* start
        for index in 0..<batch {
          copyTuple(
            palette + bytesPerColor &* label(of: codes[index]), to: output + bytesPerColor &* index,
            bytesPerColor)
        }
        start &+= batch
      }
    }
  }

  private static var batch: Int { 64 }
}
