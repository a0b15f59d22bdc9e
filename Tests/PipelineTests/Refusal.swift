import Foundation

/// What the program refuses though Netpbm's `pamtopam` takes it, all of it: RELIABILITY.md lists it, too.
struct Refusal {
  /// A part of the message.
  let message: String
  /// The least that is refused so.
  let example: Data

  init(_ message: String, _ example: String) {
    self.message = message
    self.example = Data(example.utf8)
  }

  init(_ message: String, pam changes: [(String, String)], raster: Data = Data("a".utf8)) {
    self.message = message
    var header = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n"
    for (old, new) in changes { header = header.replacing(old, with: new) }
    example = Data(header.utf8) + raster
  }

  private static let longType = "TUPLTYPE " + String(repeating: "x", count: 123)

  static let all = [
    Refusal("the width is not a number", "P5 1a 1 255 a"),
    Refusal("the height is not a number", "P5 1 1\0 255 a"),
    Refusal("the maxval is not a number", "P2 1 1 255a 1\n"),
    Refusal("a sample is not a number", "P2 1 1 255 1x\n"),
    Refusal("no white space after the magic number", "P51 1 255 a"),
    Refusal("no end of line after the magic number", pam: [("P7", "P7x")]),
    Refusal("is not a number", pam: [("WIDTH 1", "WIDTH +1")]),
    Refusal("is repeated in the PAM header", pam: [("ENDHDR", "WIDTH 1\nENDHDR")]),
    Refusal("after ENDHDR in the PAM header", pam: [("ENDHDR", "ENDHDR 1")]),
    Refusal("unknown line in the PAM header", pam: [("ENDHDR", "TUPLTYPEX Y\nENDHDR")]),
    Refusal("NUL byte in the PAM header", pam: [("WIDTH 1", "WIDTH 1\0")]),
    Refusal(
      "a line of the PAM header is longer than 254 bytes",
      pam: [("WIDTH 1", "WIDTH 1" + String(repeating: " ", count: 300))]),
    Refusal(
      "the tuple type is longer than a line of a PAM header can hold",
      pam: [("ENDHDR", "\(longType)\n\(longType)\nENDHDR")]),
    Refusal(
      "is insufficient for tuple type 'BLACKANDWHITE_ALPHA'",
      pam: [("255", "1"), ("ENDHDR", "TUPLTYPE BLACKANDWHITE_ALPHA\nENDHDR")], raster: Data([0])),
    Refusal(
      "planes are too many", pam: [("DEPTH 1", "DEPTH 65537"), ("255", "65535")],
      raster: Data(repeating: 0, count: 2 * 65537)),
  ]
}
