/// Reads the raster of one image.
struct RasterReader {
  let input: ByteInput
  let header: PamHeader

  /// Number of bytes of a raw raster, or of samples of a plain raster, that have arrived.
  private var arrivedCount = 0

  init(_ input: ByteInput, _ header: PamHeader) {
    self.input = input
    self.header = header
  }

  /// Reads the raster.
  ///
  /// - Parameters:
  ///   - raster: Receives the tuples; it has no rows yet.
  ///   - counting: Called with each run of whole tuples as soon as they have arrived and been checked.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`, errors of `counting`.
  mutating func read(into raster: Raster, counting: (UnsafeRawBufferPointer) throws -> Void) throws {
    while let room = try raster.nextRoom() {
      if header.isPlain {
        try readPlain(into: room, counting: counting)
      } else if header.format == .pbm {
        try readBitmap(into: room, counting: counting)
      } else {
        try readRaw(into: room, counting: counting)
      }
      try raster.keep(UnsafeRawBufferPointer(room))
    }
  }

  /// Reads a raw raster directly into the memory of `Raster`, in runs of available bytes.
  private mutating func readRaw(
    into room: UnsafeMutableRawBufferPointer, counting: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let bytesPerTuple = header.layout.bytesPerTuple
    let segmentStart = arrivedCount
    var filled = 0
    var counted = 0
    while filled < room.count {
      let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]))
      guard count > 0 else { throw cut(of: header.rasterByteCount, "bytes") }
      filled += count
      arrivedCount += count
      let whole = filled - filled % bytesPerTuple
      let run = UnsafeRawBufferPointer(rebasing: room[counted..<whole])
      guard !run.isEmpty else { continue }
      try MaxvalCheck(header).check(run, firstTuple: (segmentStart + counted) / bytesPerTuple)
      try counting(run)
      counted = whole
    }
  }

  /// Reads a raw PBM raster.
  private mutating func readBitmap(
    into room: UnsafeMutableRawBufferPointer, counting: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    // The product does not overflow: libnetpbm has limited rows to less than 2^28 bytes and their number to less than
    // 2^31.
    let total = (header.width + 7) / 8 * header.height
    let rows = room.count / header.width
    try RowBlock.forEach(rows: rows, width: header.width, columnMultiple: 8) { block, start in
      var bits = [UInt8](repeating: 0, count: block.bitmapByteCount)
      let count = try bits.withUnsafeMutableBytes { try input.readFully(into: $0) }
      arrivedCount += count
      guard count == bits.count else { throw cut(of: total, "bytes") }
      let samples = UnsafeMutableRawBufferPointer(rebasing: room[start..<start + block.tupleCount])
      try Netpbm.unpackBits(bits, block: block, into: samples)
      try counting(UnsafeRawBufferPointer(samples))
    }
  }

  /// Reads a plain raster, `Netpbm.tuplesPerBlock` tuples at a time.
  private mutating func readPlain(
    into room: UnsafeMutableRawBufferPointer, counting: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let bytesPerTuple = header.layout.bytesPerTuple
    let total = room.count / bytesPerTuple
    var text: [UInt8] = []
    for start in stride(from: 0, to: total, by: Netpbm.tuplesPerBlock) {
      let count = min(total - start, Netpbm.tuplesPerBlock)
      text.removeAll(keepingCapacity: true)
      try readPlainText(sampleCount: count * header.layout.depth, into: &text)
      let bytes = room[start * bytesPerTuple..<(start + count) * bytesPerTuple]
      let tuples = UnsafeMutableRawBufferPointer(rebasing: bytes)
      try Netpbm.parseTuples(text, count: count, of: header, into: tuples)
      try counting(UnsafeRawBufferPointer(tuples))
    }
  }

  private mutating func readPlainText(sampleCount: Int, into text: inout [UInt8]) throws {
    for _ in 0..<sampleCount {
      let isThere: Bool
      if header.format == .pbm {
        isThere = try input.readBit(appendingTo: &text)
      } else {
        isThere = try input.readNumber("a sample", appendingTo: &text)
        text.append(UInt8(ascii: " "))
      }
      guard isThere else {
        throw cut(of: header.width * header.height * header.layout.depth, "samples")
      }
      arrivedCount += 1
    }
  }

  private func cut(of total: Int, _ unit: StaticString) -> NetpbmError {
    NetpbmError("end of file in the raster: \(arrivedCount) of \(total) \(unit)")
  }
}
