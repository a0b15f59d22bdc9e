/// The text of one header, without comments. It has been read from the input and checked more strictly than libnetpbm
/// would.
///
/// libnetpbm reads a width of `3\0` as 3 and one of `12a` as 12, splits lines of a PAM header that are longer than 254
/// bytes, and takes the last of two WIDTHs. This type rejects such headers. libnetpbm interprets the numbers and checks
/// whether they fit together.
struct HeaderText {
  /// The text. Every line ends in white space.
  private(set) var bytes: [UInt8] = []

  private let input: ByteInput

  /// Reads a header, from its magic number to the last byte before the raster.
  ///
  /// - Throws: `NetpbmError`, `SystemError`.
  init(from input: ByteInput) throws {
    self.input = input
    for _ in 0..<2 {
      guard let byte = try input.next() else {
        guard bytes == [UInt8(ascii: "P")] else {
          throw NetpbmError("bad magic number '\(String(harmless: bytes))'")
        }
        throw Self.cut
      }
      bytes.append(byte)
    }
    guard bytes[0] == UInt8(ascii: "P") else {
      try checkIsNotForeign()
      return
    }
    switch bytes[1] {
    case UInt8(ascii: "1"), UInt8(ascii: "4"):
      try readNumbers(["the width", "the height"])
    case UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "5"), UInt8(ascii: "6"):
      try readNumbers(["the width", "the height", "the maxval"])
    case UInt8(ascii: "7"):
      try readLines()
    default:
      try checkIsNotForeign()
    }
  }

  /// Checks that the input, which is not a Netpbm image, has no other known format.
  ///
  /// - Throws: `NetpbmError` that names the format if it has one.
  private func checkIsNotForeign() throws {
    var start = bytes
    while start.count < ForeignFormat.signatureByteCount, let byte = try input.next() {
      start.append(byte)
    }
    if let format = ForeignFormat(startingWith: start) {
      throw NetpbmError("this is \(format.name); put \(format.converter) in front")
    }
  }

  /// Reads the numbers of a PBM, PGM or PPM header and the white space after the last of them.
  private mutating func readNumbers(_ names: [StaticString]) throws {
    guard let separator = try input.peek() else { throw Self.cut }
    guard separator.isPlainSpace || separator == UInt8(ascii: "#") else {
      throw NetpbmError("no white space after the magic number")
    }
    for name in names {
      bytes.append(UInt8(ascii: "\n"))
      let start = bytes.count
      guard try input.readNumber(name, appendingTo: &bytes) else { throw Self.cut }
      try check(bytes[start...], name: "\(name)")
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Reads the lines of a PAM header.
  private mutating func readLines() throws {
    guard try readLine().isEmpty else { throw NetpbmError("no end of line after the magic number P7") }
    bytes.append(UInt8(ascii: "\n"))
    var seen: Set<String> = []
    while true {
      if try input.peek() == UInt8(ascii: "#") {
        try skipCommentLine()
        continue
      }
      let line = try readLine()
      if line.isEmpty { continue }
      guard bytes.count + line.count < Self.largestByteCount else {
        throw NetpbmError("the PAM header is longer than \(Self.largestByteCount) bytes")
      }
      let key = String(harmless: line.prefix { !$0.isSpace })
      let value = line.drop { !$0.isSpace }.drop { $0.isSpace }
      guard seen.insert(key).inserted || key == "TUPLTYPE" else {
        throw NetpbmError("\(key) is repeated in the PAM header")
      }
      try check(key: key, value: value)
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
      if key == "ENDHDR" { return }
    }
  }

  private func check(key: String, value: ArraySlice<UInt8>) throws {
    switch key {
    case "WIDTH", "HEIGHT", "DEPTH", "MAXVAL":
      try check(value, name: key)
    case "ENDHDR":
      guard value.isEmpty else {
        throw NetpbmError("'\(String(harmless: value))' after ENDHDR in the PAM header")
      }
    case "TUPLTYPE":
      break
    default:
      throw NetpbmError("unknown line in the PAM header: '\(key)'")
    }
  }

  /// Checks that a number has only digits and fits in libnetpbm's `int`.
  private func check(_ digits: ArraySlice<UInt8>, name: String) throws {
    let shown = String(harmless: digits)
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
      throw NetpbmError("\(name) is not a number: '\(shown)'")
    }
    guard Int32(shown) != nil else { throw NetpbmError("\(name) is too large: \(shown)") }
  }

  /// Reads a line of a PAM header.
  ///
  /// - Returns: The line without leading and trailing white space.
  private func readLine() throws -> ArraySlice<UInt8> {
    var line: [UInt8] = []
    var byteCount = 0
    while let byte = try input.next() {
      if byte == UInt8(ascii: "\n") {
        let length = line.reversed().drop { $0.isSpace }.count
        return line.prefix(length)
      }
      guard byte != 0 else { throw NetpbmError("NUL byte in the PAM header") }
      byteCount = min(byteCount + 1, Self.largestLine + 1)
      if line.isEmpty, byte.isSpace { continue }
      guard byteCount <= Self.largestLine else {
        throw NetpbmError("a line of the PAM header is longer than \(Self.largestLine) bytes")
      }
      line.append(byte)
    }
    throw Self.cut
  }

  /// Skips a comment of a PAM header: a line that begins with `#` and ends with a line feed.
  private func skipCommentLine() throws {
    while let byte = try input.next() {
      if byte == UInt8(ascii: "\n") { return }
    }
    throw Self.cut
  }

  private static let cut = NetpbmError("end of file in the header")

  /// Maximum number of bytes of a line that libnetpbm reads at once, without its line feed.
  private static let largestLine = 254

  /// Maximum number of bytes in a PAM header. It is far more than libnetpbm accepts: four numbers, and a tuple type of
  /// 254 bytes.
  private static let largestByteCount = 64 << 10
}
