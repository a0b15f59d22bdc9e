import Testing

/// Headers as the formats allow them, and headers libnetpbm would misread.
struct HeaderTests {
  @Test func commentsMayStandWhereTheFormatsAllowThem() throws {
    let gray = TestImage.ramp(.pgm, width: 2, height: 1, depth: 1, maxval: 9)
    for header in [
      "P5#a\n#b\n2#\n1# \0 \u{FF}P6\r9#to the end\n",
      "P5 2\t1\r9\n",
      "P5\n#\(String(repeating: "x", count: 70_000))\n2 1 9 ",
      "P5\n\(String(repeating: " ", count: 70_000))2 1 9\n",
      "P5 0002 01 0000000000000009\n",
    ] {
      #expect(try readImages(Array(header.utf8) + gray.tuples) == [gray])
    }
    #expect(try readImages("P2\n#\n2 1 9 #a\n 9#b\n# 7 \n 1 ") == [gray.with([9, 1])])
    let bits = TestImage.ramp(.pbm, width: 3, height: 1, depth: 1, maxval: 1)
    #expect(try readImages("P1#\n3 1\n0#1\n10") == [bits.with([1, 0, 1])])
  }

  @Test func numberSignBehindTheSpaceAfterMaxvalIsASample() throws {
    #expect(try readImages("P5 1 1 255 #")[0].tuples == [UInt8(ascii: "#")])
    #expect(try readImages("P5 1 1 255\n\n")[0].tuples == [UInt8(ascii: "\n")])
    #expect(try readImages("P5 1 1 255#\n#")[0].tuples == [UInt8(ascii: "#")])
  }

  @Test func commentsAndBlankLinesOfPAMAreDropped() throws {
    let image = TestImage.ramp(.pam, width: 2, height: 1, depth: 1, maxval: 255)
    let long = String(repeating: "WIDTH 3 ", count: 1000)
    let blank = String(repeating: " ", count: 999)
    let header =
      "P7 \r\n#\0\u{FF}\n\n   \nHEIGHT 1\n#\(long)\n  DEPTH\t 1\r\nWIDTH 2\nMAXVAL 255\n\(blank)\nENDHDR\n"
    #expect(try readImages(Array(header.utf8) + image.tuples) == [image])
  }

  @Test func tupleTypesOfSeveralLinesJoin() throws {
    #expect(try readImages(pam("TUPLTYPE a  b\nTUPLTYPE c"))[0].header.tupleType == "a  b c")
    let half = String(repeating: "t", count: 125)
    #expect(
      try message(reading: pam("TUPLTYPE \(half)\nTUPLTYPE \(half)"))
        == "the tuple type is longer than a line of a PAM header can hold")
  }

  @Test func tupleTypeOfABitmapIsLibnetpbms() throws {
    #expect(try readImages("P1 1 1 1")[0].header.tupleType == "BLACKANDWHITE")
    #expect(try readImages("P2 1 1 1 1 ")[0].header.tupleType == "GRAYSCALE")
    #expect(try readImages("P3 1 1 1 1 1 1 ")[0].header.tupleType == "RGB")
  }

  @Test(arguments: [
    ("P8 1 1 255 a", "bad magic number 0x5038 - not a PAM, PPM, PGM, or PBM file"),
    ("\nP5 1 1 255 a", "bad magic number 0xa50 - not a PAM, PPM, PGM, or PBM file"),
    ("P51 1 255 a", "no white space after the magic number"),
    ("P5 0 1 255 a", "Width is zero. Image must be at least one pixel wide"),
    ("P5 1 0 255 a", "Height is zero. Image must be at least one pixel high"),
    ("P5 1 1 0 a", "maxval of input image is zero."),
    ("P5 -1 1 255 a", "the width is not a number: '-1'"),
    ("P5 1 +1 255 a", "the height is not a number: '+1'"),
    ("P5 1 1 abc a", "the maxval is not a number: 'abc'"),
    ("P5 1 1 12a a", "the maxval is not a number: '12a'"),
    ("P5 3\0 1 255 a", "the width is not a number: '3\\x00'"),
    ("P5 1 1 255\u{C} a", "the maxval is not a number: '255\\x0c'"),
    ("P5 2147483648 1 255 a", "the width is too large: 2147483648"),
    ("P5 1 4294967297 255 a", "the height is too large: 4294967297"),
    ("P5 99999999999999999999 1 255 a", "the width is too large: 9999999999..."),
    ("P6 2147483647 2147483647 65535\n", "image width and depth (2147483647, 3) too large to be processed."),
    ("P5\0 1 1 255 a", "no white space after the magic number"),
  ])
  func wrongNumbersAreRefused(text: String, expected: String) throws {
    #expect(try message(reading: text) == expected)
  }

  @Test func tooLargeMaxvalIsRefused() throws {
    // In libnetpbm's words, which end differently in different versions.
    let start = "maxval of input image (65536) is too large."
    #expect(try message(reading: "P5 1 1 65536 a")?.hasPrefix(start) == true)
  }

  @Test(arguments: [
    ("WIDTH 1", "WIDTH is repeated in the PAM header"),
    ("COLOR 1", "unknown line in the PAM header: 'COLOR'"),
    ("TUPLTYPES RGB", "unknown line in the PAM header: 'TUPLTYPES'"),
    (" # x", "unknown line in the PAM header: '#'"),
    ("TUPLTYPE", "TUPLTYPE header does not have any tuple type text"),
    ("TUPLTYPE a\0b", "NUL byte in the PAM header"),
    ("TUPLTYPE RGB", "Depth 1 is insufficient for tuple type 'RGB'. Minimum depth is 3"),
    ("TUPLTYPE RGB_ALPHA", "Depth 1 is insufficient for tuple type 'RGB_ALPHA'. Minimum depth is 4"),
    (
      "TUPLTYPE GRAYSCALE_ALPHA",
      "Depth 1 is insufficient for tuple type 'GRAYSCALE_ALPHA'. Minimum depth is 2"
    ),
    (
      "TUPLTYPE BLACKANDWHITE_ALPHA",
      "Depth 1 is insufficient for tuple type 'BLACKANDWHITE_ALPHA'. Minimum depth is 2"
    ),
    (
      "TUPLTYPE BLACKANDWHITE",
      "maxval 255 is not consistent with tuple type BLACKANDWHITE (should be 1)"
    ),
    (
      "TUPLTYPE " + String(repeating: "x", count: 246),
      "a line of the PAM header is longer than 254 bytes"
    ),
    (
      String(repeating: " ", count: 300) + "TUPLTYPE x",
      "a line of the PAM header is longer than 254 bytes"
    ),
  ])
  func wrongLinesOfPAMAreRefused(line: String, expected: String) throws {
    #expect(try message(reading: pam(line)) == expected)
  }

  @Test func endlessTupleTypeIsRefused() throws {
    let lines = [String](repeating: "TUPLTYPE " + String(repeating: "x", count: 200), count: 400)
    #expect(
      try message(reading: pam(lines.joined(separator: "\n"))) == "the PAM header is longer than 65536 bytes")
  }

  @Test(arguments: ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL"])
  func everyLineOfPAMIsNeeded(key: String) throws {
    #expect(try message(reading: pam("")) == nil)
    let lines = pam("").split(separator: "\n", omittingEmptySubsequences: false)
    let without = lines.filter { !$0.hasPrefix(key) }.joined(separator: "\n")
    #expect(try message(reading: without) == "No \(key) header line in PAM header")
    for (value, words) in [
      ("0", "\(key) value is zero in PAM header"), ("-1", "\(key) is not a number: '-1'"),
      ("+1", "\(key) is not a number: '+1'"), ("", "\(key) is not a number: ''"),
      ("1 1", "\(key) is not a number: '1 1'"), ("0x1", "\(key) is not a number: '0x1'"),
      ("2147483648", "\(key) is too large: 2147483648"),
    ] {
      let changed = lines.map { $0.hasPrefix(key) ? "\(key) \(value)" : String($0) }
      #expect(try message(reading: changed.joined(separator: "\n")) == words)
    }
  }

  private func pam(_ line: String) -> String {
    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n\(line)\nENDHDR\na"
  }
}

extension TestImage {
  func with(_ tuples: [UInt8]) -> TestImage {
    TestImage(header: header, tuples: tuples)
  }
}
