/// Writes a stream of Netpbm images.
package final class PamWriter {
  private let output: ByteOutput
  private let isPlain: Bool

  /// The header of the image that is being written.
  private var header: PamHeader?
  private var bytesLeft = 0

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - output: The output. Others may write to it between images.
  ///   - plain: Whether to write PBM, PGM and PPM in the plain formats. PAM has no plain format.
  package init(_ output: ByteOutput, plain: Bool) {
    self.output = output
    isPlain = plain
  }

  /// Writes the header of an image. The writer, not the header, decides whether the format is plain.
  ///
  /// - Throws: `NetpbmError` if the image cannot be written, `SystemError`.
  package func begin(_ header: PamHeader) throws {
    precondition(self.header == nil, "the image before has not been ended")
    var header = header
    header.isPlain = isPlain && header.format != .pam
    let text = try Netpbm.formatHeader(header)
    try text.withUnsafeBytes { try output.write($0) }
    self.header = header
    bytesLeft = header.rasterByteCount
  }

  /// Writes the next tuples.
  ///
  /// - Parameter tuples: Raw tuples with samples of at most maxval. They have to be whole rows if the format is plain
  ///   or PBM.
  /// - Throws: `NetpbmError`, `SystemError`.
  package func write(_ tuples: UnsafeRawBufferPointer) throws {
    guard let header else { preconditionFailure("no image has been begun") }
    precondition(tuples.count <= bytesLeft)
    bytesLeft -= tuples.count
    guard header.isPlain || header.format == .pbm else {
      try output.write(tuples)
      return
    }
    let (rows, rest) = tuples.count.quotientAndRemainder(dividingBy: header.bytesPerRow)
    precondition(rest == 0)
    let columnsPerLine = Self.columnsPerLine(header)
    let columnMultiple = header.isPlain ? columnsPerLine : 8
    try RowBlock.forEach(rows: rows, width: header.width, columnMultiple: columnMultiple) { block, start in
      let bytesPerTuple = header.layout.bytesPerTuple
      let bytes = tuples[start * bytesPerTuple..<(start + block.tupleCount) * bytesPerTuple]
      let part = UnsafeRawBufferPointer(rebasing: bytes)
      let text: [UInt8]
      if header.isPlain {
        text = try Netpbm.formatTuples(part, of: header, block: block, columnsPerLine: columnsPerLine)
      } else {
        text = try Netpbm.packBits(part, block: block)
      }
      try text.withUnsafeBytes { try output.write($0) }
    }
  }

  /// Ends an image after its last row and flushes the output.
  ///
  /// - Throws: `SystemError`.
  package func end() throws {
    precondition(header != nil && bytesLeft == 0, "tuples are missing")
    header = nil
    try output.flush()
  }

  /// Number of tuples that fit in a line of plain output even if each sample is maxval, at least 1.
  ///
  /// The formats allow 70 characters in a line. libnetpbm breaks lines of PGM and PPM after 79 characters, and
  /// estimates the length of a sample one digit too small. So each call of libnetpbm gets at most one line, which it
  /// does not break.
  private static func columnsPerLine(_ header: PamHeader) -> Int {
    let lineLength = 70
    guard header.format != .pbm else { return lineLength }
    let charactersPerSample = String(header.layout.maxval).utf8.count + 1
    return max(lineLength / charactersPerSample / header.layout.depth, 1)
  }
}
