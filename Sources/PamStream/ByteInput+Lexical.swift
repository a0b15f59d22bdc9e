/// Reads the tokens of the Netpbm formats, more strictly than libnetpbm.
extension ByteInput {
  /// Reads white space, comments, a decimal number, and the byte of white space or the comment after it.
  ///
  /// Leading zeros are dropped, so that the length of `text` is bounded for every input.
  ///
  /// - Parameters:
  ///   - what: The name of the number in messages.
  ///   - text: The digits are appended, at least one.
  /// - Returns: Whether the number is complete; `false` if the input ended before the byte after it.
  /// - Throws: `NetpbmError` if there is any other byte, or more digits than libnetpbm's largest number has;
  ///   `SystemError`.
  func readNumber(_ what: StaticString, appendingTo text: inout [UInt8]) throws -> Bool {
    guard var byte = try nextOfToken() else { return false }
    let start = text.count
    var isZero = false
    while byte.isDigit {
      if byte == UInt8(ascii: "0"), text.count == start {
        isZero = true
      } else {
        guard text.count - start < Self.largestDigitCount else {
          throw NetpbmError("\(what) is too large: \(String(harmless: text[start...]))...")
        }
        text.append(byte)
      }
      guard let following = try next() else { return false }
      byte = following
    }
    if text.count == start, isZero { text.append(UInt8(ascii: "0")) }
    if byte == UInt8(ascii: "#"), text.count > start { return try skipComment() }
    guard byte.isPlainSpace, text.count > start else {
      throw try notANumber(what, token: text[start...] + [byte])
    }
    return true
  }

  /// Reads white space, comments and one digit of a plain PBM raster.
  ///
  /// - Returns: `false` if the input ended before the digit.
  /// - Throws: `NetpbmError` if there is any other byte; `SystemError`.
  func readBit(appendingTo text: inout [UInt8]) throws -> Bool {
    guard let byte = try nextOfToken() else { return false }
    guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else {
      throw NetpbmError("a bit of the raster is neither 0 nor 1: '\(String(harmless: [byte]))'")
    }
    text.append(byte)
    return true
  }

  /// Skips white space.
  ///
  /// - Returns: `false` if the input ended.
  func skipWhiteSpace() throws -> Bool {
    while let byte = try peek() {
      guard byte.isSpace else { return true }
      _ = try next()
    }
    return false
  }

  /// Skips the rest of a comment, after its `#`, and the end of its line.
  ///
  /// - Returns: `false` if the input ended before the end of the line.
  private func skipComment() throws -> Bool {
    while let byte = try next() {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return true }
    }
    return false
  }

  /// Reads the first byte that is neither white space nor in a comment; `nil` at the end.
  @inline(__always)
  private func nextOfToken() throws -> UInt8? {
    while let byte = try next() {
      if byte == UInt8(ascii: "#") {
        guard try skipComment() else { return nil }
      } else if !byte.isPlainSpace {
        return byte
      }
    }
    return nil
  }

  /// Makes the error for a token that is not a number. It reads more of the token, up to `shownTokenByteCount` bytes,
  /// to quote it.
  private func notANumber(_ what: StaticString, token: ArraySlice<UInt8>) throws -> NetpbmError {
    var token = token
    while token.count < Self.shownTokenByteCount, let byte = try peek(), !byte.isSpace {
      token.append(byte)
      _ = try next()
    }
    return NetpbmError("\(what) is not a number: '\(String(harmless: token))'")
  }

  /// Number of digits of the largest number that libnetpbm reads, 2^31 - 1.
  private static var largestDigitCount: Int { 10 }

  private static var shownTokenByteCount: Int { 20 }
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  /// Whether it is white space in plain rasters and in the headers of PBM, PGM and PPM.
  var isPlainSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

  /// Whether it is white space in C, which includes vertical tab and form feed.
  var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
