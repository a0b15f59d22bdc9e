import CKernels

// The loops over pixels and slots of `BlockTable`, on plain pointers.

/// The slots of a block table, whose number is a power of two.
struct BlockSlots {
  let keys: UnsafeMutablePointer<UInt32>
  let entries: UnsafeMutablePointer<UInt8>
  let bits: Int

  /// Where the search for a key begins.
  @inline(__always)
  private func home(_ key: UInt32) -> Int {
    Int((key &* Self.multiplier) >> UInt32(truncatingIfNeeded: 32 &- bits))
  }

  /// 2^32 divided by the golden ratio, odd (Knuth, "The Art of Computer Programming", vol. 3, section 6.4).
  private static var multiplier: UInt32 { 0x9e37_79b1 }

  /// The slot that holds a key, or the free one where it belongs.
  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    var slot = home(key)
    while keys[slot] != key && keys[slot] != 0 {
      slot = (slot &+ 1) & (1 << bits &- 1)
    }
    return slot
  }

  /// The key of the block of a code.
  @inline(__always)
  private static func key(_ code: UInt32) -> UInt32 { code >> 4 &+ 1 }

  /// The code of the tuple at `tuple`; asks for its slot.
  @inline(__always)
  private func code(_ tuple: UnsafePointer<UInt8>, _ parts: UnsafePointer<UInt32>) -> UInt32 {
    let code =
      parts[Int(tuple[0])] | parts[256 + Int(tuple[1])] | parts[512 + Int(tuple[2])]
      | parts[768 + Int(tuple[3])]
    let slot = home(Self.key(code))
    kernels_prefetch(keys + slot)
    kernels_prefetch(entries + 16 &* slot)
    return code
  }

  /// Counts tuples, there being a free slot for each.
  ///
  /// Codes are made some ahead, so that their slots come from memory together. Four places of the run are counted in
  /// turn: neighboring pixels are often of one color, and each would wait for the store of the one before.
  ///
  /// - Returns: How many blocks are new, and how many notes it left.
  @inline(never)
  func tally(
    _ source: UnsafePointer<UInt8>, _ pixelCount: Int, _ parts: UnsafePointer<UInt32>,
    _ notes: UnsafeMutablePointer<UInt32>
  ) -> (blockCount: Int, noteCount: Int) {
    var found = (blockCount: 0, noteCount: 0)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { buffer in
      guard let codes = buffer.baseAddress else { return }
      let quarter = pixelCount / 4
      var first = 0
      while first < quarter {
        let count = min(Self.batch / 4, quarter &- first)
        for pixel in 0..<count {
          for place in 0..<4 {
            codes[4 &* pixel &+ place] = code(source + 4 &* (place &* quarter &+ first &+ pixel), parts)
          }
        }
        count4(codes, 4 &* count, notes, &found)
        first &+= count
      }
      let rest = pixelCount &- 4 &* quarter
      for pixel in 0..<rest {
        codes[pixel] = code(source + 4 &* (4 &* quarter &+ pixel), parts)
      }
      count4(codes, rest, notes, &found)
    }
    return found
  }

  private static var batch: Int { 64 }

  @inline(__always)
  private func count4(
    _ codes: UnsafePointer<UInt32>, _ count: Int, _ notes: UnsafeMutablePointer<UInt32>,
    _ found: inout (blockCount: Int, noteCount: Int)
  ) {
    for index in 0..<count {
      let code = codes[index]
      let key = Self.key(code)
      let slot = slot(of: key)
      if _slowPath(keys[slot] == 0) {
        keys[slot] = key
        found.blockCount &+= 1
      }
      let place = 16 &* slot &+ Int(code & 15)
      let value = entries[place] &+ 1
      if _slowPath(value == 0) {
        entries[place] = 1
        notes[found.noteCount] = code
        found.noteCount &+= 1
      } else {
        entries[place] = value
      }
    }
  }

  /// Moves all blocks to a larger table, which is empty.
  @inline(never)
  func move(to grown: BlockSlots) {
    for old in 0..<1 << bits where keys[old] != 0 {
      let slot = grown.slot(of: keys[old])
      grown.keys[slot] = keys[old]
      (grown.entries + 16 &* slot).update(from: entries + 16 &* old, count: 16)
    }
  }

  /// Writes for each block its number and, in the low 32 bits, its slot.
  @inline(never)
  func listBlocks(into blocks: UnsafeMutablePointer<UInt64>) {
    var found = 0
    for slot in 0..<1 << bits where keys[slot] != 0 {
      blocks[found] = UInt64(keys[slot] &- 1) << 32 | UInt64(slot)
      found &+= 1
    }
  }

  /// The number of a listed block.
  @inline(__always)
  static func block(_ listed: UInt64) -> UInt64 { listed >> 32 }

  /// The slot of a listed block.
  @inline(__always)
  static func slot(_ listed: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: listed)) }

  /// Asks for the entries of a slot.
  @inline(__always)
  func prepare(_ slot: Int) {
    kernels_prefetch(entries + 16 &* slot)
  }

  /// Which entries of a slot are not zero, a bit for each.
  @inline(__always)
  func mark(of slot: Int) -> UInt16 {
    var mark: UInt16 = 0
    for entry in 0..<16 where entries[16 &* slot &+ entry] != 0 {
      mark |= 1 << UInt16(entry)
    }
    return mark
  }

  /// Writes for each of a run of tuples, all of which were counted, the one that `color` finds for its slot and its
  /// entry.
  @inline(__always)
  func map(
    _ source: UnsafePointer<UInt8>, _ count: Int, _ parts: UnsafePointer<UInt32>,
    into target: UnsafeMutableRawPointer, _ color: (Int, UInt8) -> UnsafeRawPointer
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { buffer in
      guard let codes = buffer.baseAddress else { return }
      var start = 0
      while start < count {
        let batch = min(Self.batch, count &- start)
        for index in 0..<batch {
          codes[index] = code(source + 4 &* (start &+ index), parts)
        }
        for index in 0..<batch {
          let slot = slot(of: Self.key(codes[index]))
          let tuple = color(slot, entries[16 &* slot &+ Int(codes[index] & 15)]).loadUnaligned(as: UInt32.self)
          target.storeBytes(of: tuple, toByteOffset: 4 &* (start &+ index), as: UInt32.self)
        }
        start &+= batch
      }
    }
  }
}
