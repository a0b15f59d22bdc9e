/// What the Netpbm formats are made of, read more strictly than libnetpbm reads it.
extension ByteInput {
  /// Reads white space, comments, a decimal number and the one byte of white space (or comment) behind it.
  ///
  /// Leading zeros are dropped, so what is kept follows nothing in the input.
  ///
  /// - Parameters:
  ///   - what: Names the number in messages.
  ///   - text: The digits are appended, at least one.
  /// - Returns: Whether the number was there; `false` if the input ended before the byte behind it.
  /// - Throws: `NetpbmError` at any other byte, and at more digits than any number may have.
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

  /// Reads white space, comments and one digit of a plain bitmap.
  ///
  /// - Returns: Whether the digit was there; `false` if the input has ended.
  /// - Throws: `NetpbmError` at any other byte.
  func readBit(appendingTo text: inout [UInt8]) throws -> Bool {
    guard let byte = try nextOfToken() else { return false }
    guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else {
      throw NetpbmError("a bit of the raster is neither 0 nor 1: '\(String(harmless: [byte]))'")
    }
    text.append(byte)
    return true
  }

  /// Skips white space between images.
  ///
  /// - Returns: Whether there is more; `false` if the input has ended.
  func skipWhiteSpace() throws -> Bool {
    while let byte = try peek() {
      guard byte.isSpace else { return true }
      _ = try next()
    }
    return false
  }

  /// Drops a comment whose `#` has been read, up to and with the end of its line.
  ///
  /// - Returns: `false` if the input ended first.
  private func skipComment() throws -> Bool {
    while let byte = try next() {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return true }
    }
    return false
  }

  /// The first byte that is neither white space nor in a comment.
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

  /// Tells of a token that is no number; reads a little further to show more of it.
  private func notANumber(_ what: StaticString, token: ArraySlice<UInt8>) throws -> NetpbmError {
    var token = token
    while token.count < Self.shownTokenByteCount, let byte = try peek(), !byte.isSpace {
      token.append(byte)
      _ = try next()
    }
    return NetpbmError("\(what) is not a number: '\(String(harmless: token))'")
  }

  /// Digits of the largest number libnetpbm reads, 2^31 - 1.
  private static var largestDigitCount: Int { 10 }

  private static var shownTokenByteCount: Int { 20 }
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  /// White space to the plain formats and to the headers of PBM, PGM and PPM.
  var isPlainSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

  /// White space to C: also a vertical tab and a form feed.
  var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
