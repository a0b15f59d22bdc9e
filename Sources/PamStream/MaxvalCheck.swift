/// Finds samples above the maxval of an image. Raw rasters are read without libnetpbm, which would check each row.
struct MaxvalCheck {
  private let header: PamHeader
  private let maxval: Int

  init(_ header: PamHeader) {
    self.header = header
    maxval = header.layout.maxval
  }

  /// Checks a run of raw tuples.
  ///
  /// - Parameters:
  ///   - tuples: Whole tuples.
  ///   - firstTuple: The index of the first tuple in the image, for the message.
  /// - Throws: `NetpbmError` that describes the first sample above the maxval.
  func check(_ tuples: UnsafeRawBufferPointer, firstTuple: Int) throws {
    guard maxval != 255, maxval != 65535 else { return }
    let isWrong: Bool
    if header.layout.bytesPerSample == 1 {
      isWrong = largestByte(tuples) > maxval
    } else {
      isWrong = largestWord(tuples) > maxval
    }
    if isWrong { throw findFirst(tuples, firstTuple: firstTuple) }
  }

  private func largestByte(_ tuples: UnsafeRawBufferPointer) -> Int {
    var largest: UInt8 = 0
    for byte in tuples { largest = max(largest, byte) }
    return Int(largest)
  }

  private func largestWord(_ tuples: UnsafeRawBufferPointer) -> Int {
    var largest: UInt16 = 0
    for offset in stride(from: 0, to: tuples.count, by: 2) {
      largest = max(largest, UInt16(bigEndian: tuples.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }
    return Int(largest)
  }

  private func findFirst(_ tuples: UnsafeRawBufferPointer, firstTuple: Int) -> NetpbmError {
    let bytesPerSample = header.layout.bytesPerSample
    for index in 0..<tuples.count / bytesPerSample {
      let bytes = tuples[index * bytesPerSample..<(index + 1) * bytesPerSample]
      let sample = bytes.reduce(0) { $0 << 8 | Int($1) }
      guard sample > maxval else { continue }
      let tuple = firstTuple + index / header.layout.depth
      let (row, column) = tuple.quotientAndRemainder(dividingBy: header.width)
      return NetpbmError(
        "sample \(sample) in row \(row), column \(column), plane \(index % header.layout.depth) "
          + "exceeds the maxval of \(maxval)")
    }
    return NetpbmError("a sample exceeds the maxval of \(maxval)")
  }
}
