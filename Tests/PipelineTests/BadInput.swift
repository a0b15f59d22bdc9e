import Foundation

/// Something the program must refuse.
struct BadInput {
  /// Says what it is, in the table of messages.
  var name: String
  /// Words the message must have, in any case.
  var culprit: String
  var arguments = ["-k", "2"]
  /// Standard input.
  var bytes = Data()
  /// Whether the bytes are as wrong behind a good image.
  var isImage = true
  /// What is on standard output all the same.
  var output = Data()
}

extension BadInput {
  /// Every bad stream, by what is bad.
  static var streams: [[BadInput]] {
    [
      magicNumbers, cutHeaders, cutRasters, dimensions, maxvals, plainSamples, rawSamples, nuls, pamLines,
      tupleTypes, junk,
    ]
  }

  private static func text(_ culprit: String, _ text: String, _ name: String? = nil) -> BadInput {
    let shown = text.replacing("\n", with: "\\n").replacing("\0", with: "\\0")
    return BadInput(name: name ?? "`\(shown)`", culprit: culprit, bytes: Data(text.utf8))
  }

  private static var magicNumbers: [BadInput] {
    let empty = BadInput(name: "empty standard input", culprit: "empty", isImage: false)
    var spaced = text("magic", "\nP5 1 1 255 a")
    spaced.isImage = false
    let words = ["P0 1 1 a", "P8 1 1 255 a", "P 5", "p5 1 1 255 a", "PG", "hello", "\0\0\0\0"]
    let binary = BadInput(
      name: "a JPEG file", culprit: "this is a JPEG", bytes: Data([0xFF, 0xD8, 0xFF, 0xE0]))
    let unspaced = ["P51 1 255 a", "P5a", "P7 x\nWIDTH 1\n"].map { text("after the magic number", $0) }
    return [empty, spaced] + words.map { text("magic", $0) } + [text("this is a GIF", "GIF89a"), binary]
      + unspaced
  }

  /// An image of every format, 2 x 2 or 2 x 3 pixels.
  private static let good: [NetpbmImage] = [
    .noise(magic: 1, width: 2, height: 2, maxval: 1),
    .noise(magic: 2, width: 2, height: 2, maxval: 200),
    .noise(magic: 3, width: 2, height: 2, maxval: 1000),
    .noise(magic: 4, width: 9, height: 3, maxval: 1),
    .noise(magic: 5, width: 2, height: 3, maxval: 255),
    .noise(magic: 5, width: 2, height: 3, maxval: 1000),
    .noise(magic: 6, width: 2, height: 2, maxval: 65535),
    .noise(magic: 7, width: 2, height: 2, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 2, height: 2, depth: 2, maxval: 999),
  ]

  private static var cutHeaders: [BadInput] {
    let comment = ("P6 with comments", Data("P6# one\n2 # two\n2 #three\n255\n".utf8))
    return (good.map { ($0.summary, $0.header) } + [comment]).flatMap { name, header in
      (1..<header.count).map {
        BadInput(
          name: "header of \(name), \($0) of \(header.count) bytes", culprit: "header",
          bytes: header.prefix($0))
      }
    }
  }

  private static var cutRasters: [BadInput] {
    good.flatMap { image in
      // The last byte of a plain bitmap is white space that nobody needs.
      let count = image.raster.count - (image.magic == 1 ? 1 : 0)
      return (0..<count).map {
        BadInput(
          name: "raster of \(image.summary), \($0) of \(count) bytes", culprit: "raster",
          bytes: image.header + image.raster.prefix($0))
      }
    }
  }

  private static var dimensions: [BadInput] {
    let numbers = [
      "0", "-1", "+1", "abc", "1.5", "0x10", "1e3", "2147483648", "4294967297", "99999999999999999999",
    ]
    let single = numbers.flatMap { (number: String) -> [BadInput] in
      [
        text("idth", "P5 \(number) 1 255 a"), text("eight", "P6 1 \(number) 255 abc"),
        text("idth", "P1 \(number) 1 0"), text("eight", "P4 1 \(number)\n0"),
        pam("idth", ["WIDTH": number]), pam("eight", ["HEIGHT": number]), pam("epth", ["DEPTH": number]),
      ]
    }
    let large = ["2147483647 2147483647", "65536 2147483647", "2147483647 1", "1 2147483647"]
    let pairs = large.flatMap { pair in
      ["P5 \(pair) 255\n", "P6 \(pair) 65535\n", "P4 \(pair)\n"].map { text("too large", $0) }
    }
    let claims = [
      text("raster", "P6 60000 60000 255\n"), text("raster", "P6 60000 60000 65535\nabcdef"),
      text("raster", "P5 80000000 1000000000 255\n"), text("raster", "P4 60000 60000\n"),
      text("raster", "P1 60000 60000\n0 1"), text("raster", "P3 60000 60000 255\n1 2 3"),
      text("raster", "P2 1 1000000000 255\n1"), pam("raster", ["DEPTH": "1000000"]),
      pam("too large", ["WIDTH": "2147483647", "HEIGHT": "2147483647", "DEPTH": "2147483647"]),
      pam("too large", ["WIDTH": "60000", "HEIGHT": "2000000000", "DEPTH": "100000"]),
      pam("planes are too many", ["MAXVAL": "65535", "DEPTH": "65537"]),
    ]
    return single + pairs + claims
  }

  private static var maxvals: [BadInput] {
    let numbers = ["0", "65536", "-1", "abc", "255a", "2147483648", "4294967551", "99999999999999999999"]
    return numbers.flatMap { (maxval: String) -> [BadInput] in
      [
        text("maxval", "P2 1 1 \(maxval) 1\n"), text("maxval", "P3 1 1 \(maxval) 1 1 1\n"),
        text("maxval", "P5 1 1 \(maxval) a"), text("maxval", "P6 1 1 \(maxval) abc"),
        pam("MAXVAL", ["MAXVAL": maxval]),
      ]
    }
  }

  private static var plainSamples: [BadInput] {
    [
      text("101", "P2 1 1 100 101\n"), text("101", "P3 2 1 100 1 2 3 4 101 6\n"),
      text("1001", "P2 1 1 1000 1001\n"), text("65536", "P3 1 1 65535 1 2 65536\n"),
      text("too large", "P2 1 1 255 2147483648\n"), text("large", "P2 1 1 255 99999999999999999999\n"),
      text("-1", "P2 1 1 255 -1\n"), text("1.5", "P2 1 1 255 1.5\n"), text("abc", "P3 1 1 255 1 abc 3\n"),
      text("2", "P1 2 1 0 2"), text("'a'", "P1 1 1 a"),
    ]
  }

  /// Images all of whose samples are maxval, but the first, one in between or the last is one more.
  private static var rawSamples: [BadInput] {
    let frames: [NetpbmImage] = [
      .noise(magic: 5, width: 3, height: 2, maxval: 100),
      .noise(magic: 6, width: 2, height: 2, maxval: 254),
      .noise(magic: 5, width: 3, height: 2, maxval: 256),
      .noise(magic: 6, width: 2, height: 2, maxval: 1000),
      .noise(magic: 6, width: 2, height: 2, maxval: 65534),
      .noise(magic: 7, width: 3, height: 1, maxval: 1, tupleType: "BLACKANDWHITE"),
      .noise(magic: 7, width: 2, height: 1, depth: 2, maxval: 254),
      .noise(magic: 7, width: 2, height: 1, depth: 5, maxval: 300),
    ]
    return frames.flatMap { frame in
      let count = frame.samples.count
      return [0, count / 2, count - 1].map { wrong in
        var image = frame
        image.samples = (0..<count).map { frame.maxval + ($0 == wrong ? 1 : 0) }
        return BadInput(
          name: "\(frame.summary), sample \(wrong) of \(count) one more than maxval",
          culprit: "sample \(frame.maxval + 1) in row", bytes: image.bytes)
      }
    }
  }

  private static var nuls: [BadInput] {
    [
      text("magic", "\0P5 1 1 255 a"), text("magic", "P\05 1 1 255 a"), text("magic", "P5\0 1 1 255 a"),
      text("\\x00", "P5 \0001 1 255 a"), text("3\\x00", "P5 3\0 1 255 abc"),
      text("\\x00", "P6 1 \0 1 255 abc"),
      text("\\x00", "P6 1 1\0 255 abc"), text("\\x00", "P6 1 1 255\0abc"), text("\\x00", "P4 8\0 1 a"),
      text("\\x00", "P1 1 1 \0001"), text("1\\x00", "P2 2 1 255 1\0 2\n"),
      text("\\x00", "P3 1 1 255 1 2 \0003\n"),
      pam("NUL", ["WIDTH": "1\0"]), pam("NUL", ["TUPLTYPE": "R\0GB"]), pam("NUL", ["MAXVAL": "\000255"]),
      text("NUL", "P7\0\nWIDTH 1\n"),
    ]
  }

  private static var pamLines: [BadInput] {
    let keys = ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL"]
    let missing = keys.map { pam($0, [$0: nil]) }
    let header = pamHeader([:])
    let noEnd = text("header", header.replacing("ENDHDR\n", with: ""))
    let endless = text("line", header.replacing("ENDHDR\n", with: "") + "a\nb")
    let unknown = ["COLOR 1", "width 1", "TUPLTYPES RGB", "WIDTH=1", "1"].map { line in
      let key = String(line.prefix { $0 != " " })
      return text(key, header.replacing("ENDHDR", with: "\(line)\nENDHDR") + "a")
    }
    let repeated = keys.flatMap { key in
      ["1", "2"].map {
        text("\(key) is repeated", header.replacing("ENDHDR", with: "\(key) \($0)\nENDHDR") + "a")
      }
    }
    let long = String(repeating: "x", count: 300)
    let tooLong = text(
      "longer", pamHeader(["TUPLTYPE": long]) + "a", "a PAM with a tuple type of 300 characters")
    let others = [
      pam("TUPLTYPE", ["TUPLTYPE": ""]), pam("WIDTH", ["WIDTH": ""]), pam("DEPTH", ["DEPTH": "1 2"]),
      text("after ENDHDR", header.replacing("ENDHDR", with: "ENDHDR 1") + "a"),
    ]
    return missing + [noEnd, endless] + unknown + repeated + [tooLong] + others
  }

  private static var tupleTypes: [BadInput] {
    let needs = [("RGB", 3), ("RGB_ALPHA", 4), ("GRAYSCALE_ALPHA", 2), ("BLACKANDWHITE_ALPHA", 2)]
    let shallow = needs.flatMap { type, needed in
      (1..<needed).map { depth in
        let maxval = type.hasPrefix("BLACK") ? "1" : "255"
        return pam(type, ["TUPLTYPE": type, "DEPTH": "\(depth)", "MAXVAL": maxval])
      }
    }
    return shallow + [pam("BLACKANDWHITE", ["TUPLTYPE": "BLACKANDWHITE"])]
  }

  private static var junk: [BadInput] {
    ["junk", "\0", "x", "P", " \n\t junk", "\n#comment\n", "b P5 1 1 255 a"].map {
      var junk = text("image 2", "P5 1 1 255 a\($0)")
      junk.isImage = false
      junk.output = Data("P5\n1 1\n255\na".utf8)
      return junk
    }
  }

  /// A PAM header of one pixel, with some values changed or left out.
  private static func pamHeader(_ changes: [String: String?]) -> String {
    var fields: [(String, String?)] = [("WIDTH", "1"), ("HEIGHT", "1"), ("DEPTH", "1"), ("MAXVAL", "255")]
    fields.append(("TUPLTYPE", nil))
    let lines = fields.compactMap { key, usual -> String? in
      let value: String? = if let change = changes[key] { change } else { usual }
      guard let value else { return nil }
      return "\(key) \(value)\n"
    }
    return "P7\n\(lines.joined())ENDHDR\n"
  }

  private static func pam(_ culprit: String, _ changes: [String: String?]) -> BadInput {
    text(culprit, pamHeader(changes) + "abcd")
  }
}
