/// Paths, whose bytes need not be UTF-8.
///
/// A byte that is not part of valid UTF-8 is represented by the scalar U+10FF00 plus the byte, in the last private use
/// area. UTF-8 of such a scalar in a path is represented byte by byte too. So different paths have different strings.
extension String {
  /// Makes the string of a path.
  package init(path bytes: some Collection<UInt8>) {
    self = ""
    var rest = bytes[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let character = rest.prefix(length)
      if let text = String(validating: character, as: UTF8.self),
        !text.unicodeScalars.contains(where: { $0.byteOfPath != nil })
      {
        self += text
        rest = rest.dropFirst(length)
      } else {
        unicodeScalars.append(Unicode.Scalar(Unicode.Scalar.firstByteOfPath + UInt32(first)) ?? "\u{FFFD}")
        rest = rest.dropFirst()
      }
    }
  }

  /// The bytes of the path, followed by a 0, as an argument of system functions.
  package var cPath: [CChar] {
    var bytes: [CChar] = []
    for scalar in unicodeScalars {
      if let byte = scalar.byteOfPath {
        bytes.append(CChar(bitPattern: byte))
      } else {
        bytes += UTF8.encode(scalar).map(Array.init)?.map(CChar.init(bitPattern:)) ?? []
      }
    }
    return bytes + [0]
  }
}

extension Unicode.Scalar {
  fileprivate static let firstByteOfPath: UInt32 = 0x10FF00

  /// The byte of a path that this scalar represents; nil if it is a character.
  var byteOfPath: UInt8? {
    value >= Self.firstByteOfPath + 0x80 ? UInt8(truncatingIfNeeded: value) : nil
  }
}

/// Parts of a path.
///
/// Paths are split between bytes. A slash followed by a combining mark is a separator, but not the Character `/` in
/// Swift.
extension String {
  /// The directory with its final slash; empty if there is no slash.
  var pathDirectory: Substring {
    utf8.lastIndex(of: Self.slash).map { self[..<utf8.index(after: $0)] } ?? ""
  }

  /// The bytes after the last slash.
  var pathName: Substring.UTF8View { self[pathDirectory.endIndex...].utf8 }

  /// Whether the path begins with a slash.
  var isAbsolutePath: Bool { utf8.first == Self.slash }

  /// Whether the path ends in a slash.
  var endsInSlash: Bool { utf8.last == Self.slash }

  private static var slash: UInt8 { UInt8(ascii: "/") }
}
