import CPamStream
import Quantization
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Calls libnetpbm on text and tuples in memory.
enum Netpbm {
  /// Approximate number of tuples per call of libnetpbm. It is so large that the calls themselves take hardly any time,
  /// and so small that the tuples stay in the cache.
  static let tuplesPerBlock = 8192

  private static let started: Void = pamstream_start()

  /// Protects libnetpbm, which keeps its state in global variables.
  private static let lock = Mutex(())

  /// Parses a header.
  ///
  /// - Throws: `NetpbmError`.
  static func parseHeader(_ text: [UInt8]) throws -> PamHeader {
    var header = pamstream_header()
    try perform { message in
      text.withUnsafeBytes {
        let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
        return pamstream_parse_header(start, $0.count, &header, &message)
      }
    }
    let (format, isPlain) = try format(magic: header.magic)
    return PamHeader(
      format: format, isPlain: isPlain, width: Int(header.width), height: Int(header.height),
      layout: TupleLayout(depth: Int(header.depth), maxval: Int(header.maxval)),
      tupleTypeBytes: withUnsafeBytes(of: header.tuple_type) { Array($0.prefix { $0 != 0 }) })
  }

  /// Formats a header.
  ///
  /// - Throws: `NetpbmError` if libnetpbm rejects the header.
  static func formatHeader(_ header: PamHeader) throws -> [UInt8] {
    var text = pamstream_text()
    var described = try describe(header)
    try perform { pamstream_format_header(&described, &text, &$0) }
    return take(text)
  }

  /// Parses tuples of a plain raster.
  ///
  /// - Parameters:
  ///   - text: The samples of `count` tuples, with white space after each sample.
  ///   - count: Number of tuples.
  ///   - header: The header of the image.
  ///   - tuples: Receives `count` raw tuples.
  /// - Throws: `NetpbmError`.
  static func parseTuples(
    _ text: [UInt8], count: Int, of header: PamHeader, into tuples: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(tuples.count == count * header.layout.bytesPerTuple)
    var described = try describe(header)
    try perform { message in
      text.withUnsafeBytes {
        pamstream_parse_tuples(
          &described, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, UInt32(count),
          tuples.baseAddress?.assumingMemoryBound(to: UInt8.self), &message)
      }
    }
  }

  /// Formats a block of a plain raster.
  ///
  /// - Throws: `NetpbmError`.
  static func formatTuples(
    _ tuples: UnsafeRawBufferPointer, of header: PamHeader, block: RowBlock, columnsPerLine: Int
  ) throws -> [UInt8] {
    precondition(tuples.count == block.tupleCount * header.layout.bytesPerTuple)
    var text = pamstream_text()
    var described = try describe(header)
    try perform {
      pamstream_format_tuples(
        &described, tuples.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(block.columns),
        UInt32(block.rows), UInt32(columnsPerLine), &text, &$0)
    }
    return take(text)
  }

  /// Converts a block of a raw PBM raster to samples of one byte.
  ///
  /// - Throws: `NetpbmError`.
  static func unpackBits(
    _ bits: [UInt8], block: RowBlock, into samples: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(bits.count == block.bitmapByteCount && samples.count == block.tupleCount)
    try perform { message in
      bits.withUnsafeBufferPointer {
        pamstream_unpack_bits(
          $0.baseAddress, UInt32(block.columns), UInt32(block.rows),
          samples.baseAddress?.assumingMemoryBound(to: UInt8.self), &message)
      }
    }
  }

  /// Converts samples of one byte to a block of a raw PBM raster.
  ///
  /// - Throws: `NetpbmError`.
  static func packBits(_ samples: UnsafeRawBufferPointer, block: RowBlock) throws -> [UInt8] {
    precondition(samples.count == block.tupleCount)
    var text = pamstream_text()
    try perform {
      pamstream_pack_bits(
        samples.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(block.columns), UInt32(block.rows),
        &text, &$0)
    }
    return take(text)
  }

  private static func perform(_ call: (inout pamstream_message) -> Bool) throws {
    started
    var message = pamstream_message()
    guard lock.withLock({ _ in call(&message) }) else {
      throw withUnsafeBytes(of: message.text) { NetpbmError(libnetpbm: $0.prefix { $0 != 0 }) }
    }
  }

  private static func take(_ text: pamstream_text) -> [UInt8] {
    defer { free(text.bytes) }
    return Array(UnsafeRawBufferPointer(start: text.bytes, count: text.size))
  }

  private static func format(magic: CChar) throws -> (PamHeader.Format, isPlain: Bool) {
    switch UInt8(bitPattern: magic) {
    case UInt8(ascii: "1"): return (.pbm, true)
    case UInt8(ascii: "2"): return (.pgm, true)
    case UInt8(ascii: "3"): return (.ppm, true)
    case UInt8(ascii: "4"): return (.pbm, false)
    case UInt8(ascii: "5"): return (.pgm, false)
    case UInt8(ascii: "6"): return (.ppm, false)
    case UInt8(ascii: "7"): return (.pam, false)
    default: throw NetpbmError("unknown format")
    }
  }

  private static func describe(_ header: PamHeader) throws -> pamstream_header {
    var described = pamstream_header()
    guard let width = UInt32(exactly: header.width), let height = UInt32(exactly: header.height),
      let depth = UInt32(exactly: header.layout.depth), width <= Int32.max, height <= Int32.max
    else {
      throw NetpbmError("image too large to be written")
    }
    described.width = width
    described.height = height
    described.depth = depth
    described.maxval = UInt32(header.layout.maxval)
    let magic: UInt8
    switch header.format {
    case .pbm: magic = header.isPlain ? UInt8(ascii: "1") : UInt8(ascii: "4")
    case .pgm: magic = header.isPlain ? UInt8(ascii: "2") : UInt8(ascii: "5")
    case .ppm: magic = header.isPlain ? UInt8(ascii: "3") : UInt8(ascii: "6")
    case .pam: magic = UInt8(ascii: "7")
    }
    described.magic = CChar(bitPattern: magic)
    try withUnsafeMutableBytes(of: &described.tuple_type) {
      guard header.tupleTypeBytes.count < $0.count else { throw NetpbmError("tuple type too long") }
      $0.copyBytes(from: header.tupleTypeBytes)
    }
    return described
  }
}
