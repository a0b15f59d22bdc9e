import Foundation

/// An image of a Netpbm stream, read and written by the tests' own plain means: the oracle for the program's.
struct NetpbmImage: Equatable {
  /// The digit of the magic number.
  var magic: Int
  var width: Int
  var height: Int
  var depth = 1
  var maxval = 1
  /// As in a PAM header; empty for none, and for the other formats.
  var tupleType = ""
  /// Row after row, in PBM as in PAM: 0 is black.
  var samples: [Int] = []

  /// The bytes are no such image.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  var isPlain: Bool { magic <= 3 }
  var isBitmap: Bool { magic == 1 || magic == 4 }

  /// What came in with another magic number.
  func with(magic: Int) -> NetpbmImage {
    var image = self
    image.magic = magic
    return image
  }

  /// What is not said by the samples, in one line.
  var summary: String {
    "P\(magic) \(width)x\(height) depth \(depth) maxval \(maxval)"
      + (tupleType.isEmpty ? "" : " \(tupleType)")
  }

  /// The tuples, row after row.
  var tuples: [[Int]] {
    stride(from: 0, to: samples.count, by: depth).map { Array(samples[$0..<$0 + depth]) }
  }

  /// The distinct tuples in lexicographic order.
  var colors: [[Int]] { Set(tuples).sorted { $0.lexicographicallyPrecedes($1) } }
}

// MARK: - Making

extension NetpbmImage {
  /// An image whose samples look random, both ends of the range among them.
  ///
  /// The depth, if not given, is what the format has, and 1 for PAM.
  static func noise(
    magic: Int, width: Int = 9, height: Int = 5, depth: Int? = nil, maxval: Int, tupleType: String = ""
  ) -> NetpbmImage {
    let depth = depth ?? (magic == 3 || magic == 6 ? 3 : 1)
    var generator = Noise(state: 1)
    var samples = (0..<width * height * depth).map { _ in generator.next(upTo: maxval) }
    samples[0] = maxval
    samples[samples.count - 1] = 0
    return NetpbmImage(
      magic: magic, width: width, height: height, depth: depth, maxval: maxval, tupleType: tupleType,
      samples: samples)
  }

  /// Numbers that look random and are the same in every run (Knuth's MMIX generator).
  struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      var value: UInt64 = 0
      for _ in 0..<2 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        value = value << 32 | state >> 32
      }
      return value
    }

    /// - Returns: A number in `0...limit`.
    mutating func next(upTo limit: Int) -> Int { Int(next() >> 33) % (limit + 1) }
  }
}

// MARK: - Writing

extension NetpbmImage {
  /// The header as Netpbm writes it.
  var header: Data {
    switch magic {
    case 1, 4: return Data("P\(magic)\n\(width) \(height)\n".utf8)
    case 7:
      let type = tupleType.isEmpty ? "" : "TUPLTYPE \(tupleType)\n"
      let text =
        "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH \(depth)\nMAXVAL \(maxval)\n\(type)ENDHDR\n"
      return Data(text.utf8)
    default: return Data("P\(magic)\n\(width) \(height)\n\(maxval)\n".utf8)
    }
  }

  /// The raster; plain ones end in a line feed.
  var raster: Data {
    switch magic {
    case 1: return Data(samples.map { UInt8(ascii: $0 == 0 ? "1" : "0") }) + Data("\n".utf8)
    case 2, 3: return Data(samples.map { "\($0)\n" }.joined().utf8)
    case 4:
      var bytes = Data()
      for row in 0..<height {
        for column in stride(from: 0, to: width, by: 8) {
          let bits = (column..<column + 8).map { $0 < width && samples[row * width + $0] == 0 }
          bytes.append(bits.reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
      }
      return bytes
    default:
      if maxval < 256 { return Data(samples.map { UInt8($0) }) }
      return Data(samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
    }
  }

  var bytes: Data { header + raster }
}

// MARK: - Reading

extension NetpbmImage {
  /// Reads all images of a stream that has no comments.
  ///
  /// - Throws: `Failure`.
  static func read(_ bytes: Data) throws -> [NetpbmImage] {
    var reader = Reader(bytes: Array(bytes))
    var images: [NetpbmImage] = []
    while reader.skipSpace() { images.append(try reader.image()) }
    return images
  }

  /// Reads the only image.
  ///
  /// - Throws: `Failure`.
  init(_ bytes: Data) throws {
    let images = try Self.read(bytes)
    guard images.count == 1 else { throw Failure(description: "\(images.count) images") }
    self = images[0]
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// - Returns: Whether there is more.
    mutating func skipSpace() -> Bool {
      while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
      return position < bytes.count
    }

    mutating func word() -> String {
      _ = skipSpace()
      let word = bytes[position...].prefix { !Self.isSpace($0) }
      position += word.count
      return String(decoding: word, as: UTF8.self)
    }

    mutating func number() throws -> Int {
      let word = word()
      guard let number = Int(word) else { throw Failure(description: "no number at \(position): '\(word)'") }
      return number
    }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
      guard position + count <= bytes.count else { throw Failure(description: "cut at \(bytes.count)") }
      defer { position += count }
      return bytes[position..<position + count]
    }

    mutating func line() throws -> String {
      let line = bytes[position...].prefix { $0 != 0x0A }
      _ = try take(line.count + 1)
      return String(decoding: line, as: UTF8.self)
    }

    mutating func image() throws -> NetpbmImage {
      let name = String(decoding: try take(2), as: UTF8.self)
      guard name.hasPrefix("P"), let magic = Int(name.dropFirst()), 1...7 ~= magic else {
        throw Failure(description: "bad magic number '\(name)'")
      }
      var image = NetpbmImage(magic: magic, width: 0, height: 0)
      if magic == 7 {
        try readPAMHeader(&image)
      } else {
        image.width = try number()
        image.height = try number()
        if !image.isBitmap { image.maxval = try number() }
        if magic == 3 || magic == 6 { image.depth = 3 }
        _ = try take(1)
      }
      image.samples = try samples(image)
      return image
    }

    mutating func readPAMHeader(_ image: inout NetpbmImage) throws {
      guard try line().isEmpty else { throw Failure(description: "no line feed after P7") }
      while true {
        let line = try line()
        let value = String(line.drop { $0 != " " }.dropFirst())
        switch line.prefix(while: { $0 != " " }) {
        case "WIDTH": image.width = Int(value) ?? 0
        case "HEIGHT": image.height = Int(value) ?? 0
        case "DEPTH": image.depth = Int(value) ?? 0
        case "MAXVAL": image.maxval = Int(value) ?? 0
        case "TUPLTYPE": image.tupleType = value
        case "ENDHDR": return
        default: throw Failure(description: "unknown line '\(line)'")
        }
      }
    }

    mutating func samples(_ image: NetpbmImage) throws -> [Int] {
      let count = image.width * image.height * image.depth
      switch image.magic {
      case 1:
        return try (0..<count).map { _ in
          _ = skipSpace()
          return try take(1).first == UInt8(ascii: "1") ? 0 : 1
        }
      case 2, 3: return try (0..<count).map { _ in try number() }
      case 4:
        var samples: [Int] = []
        for _ in 0..<image.height {
          let row = Array(try take((image.width + 7) / 8))
          for column in 0..<image.width {
            let bit = row[column / 8] >> UInt8(7 - column % 8) & 1
            samples.append(bit == 1 ? 0 : 1)
          }
        }
        return samples
      default:
        if image.maxval < 256 { return try take(count).map { Int($0) } }
        let raster = Array(try take(2 * count))
        return (0..<count).map { Int(raster[2 * $0]) << 8 | Int(raster[2 * $0 + 1]) }
      }
    }
  }
}
