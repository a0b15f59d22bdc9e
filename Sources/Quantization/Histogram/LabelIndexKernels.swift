// The inner loops of `LabelIndex` over pixels. They use plain pointers.

import CKernels

/// A slot of the hash table in a label index.
struct CellSlot: BitwiseCopyable {
  /// Twice (the cell's number + 1), plus 1 if the cell has several labels; 0 if the slot is free.
  var key: UInt32
  /// The label or, if the cell has several labels, an index into `LabelCells.runs`.
  var value: UInt32
}

/// The runs of a cell with several labels, at least two, as a range of `LabelCells.starts`.
struct CellRuns: BitwiseCopyable {
  var start: Int
  var count: Int
}

/// The memory of a label index.
struct LabelCells {
  let slots: UnsafeMutablePointer<CellSlot>
  let bits: Int
  /// Number of lowest bits of a code that its cell ignores.
  let shift: UInt64
  /// The runs of each cell with several labels.
  let runs: UnsafePointer<CellRuns>
  /// The first code and the label of each run.
  let starts: UnsafePointer<UInt64>
  let labels: UnsafePointer<UInt32>

  /// The key of the cell of a code, without the bit for several labels.
  @inline(__always)
  private func key(_ code: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: code >> shift) &+ 1) << 1
  }

  /// The first slot to search for a key.
  @inline(__always)
  private func home(_ key: UInt32) -> Int {
    Int((key &* 0x9e37_79b1) >> UInt32(truncatingIfNeeded: 32 &- bits))
  }

  /// The slot of a key, or a free slot for it.
  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    var slot = home(key)
    while slots[slot].key & ~1 != key && slots[slot].key != 0 {
      slot = (slot &+ 1) & (1 << bits &- 1)
    }
    return slot
  }

  /// Inserts the cell of a code.
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

  /// The label of the last run that starts at or before `code`.
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

  /// Replaces each raw tuple of a run by the palette color of its label.
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
