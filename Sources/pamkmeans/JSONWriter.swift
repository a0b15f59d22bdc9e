import PamStream

/// Writes JSON (RFC 8259) piece by piece, so that the text never has to fit in memory.
struct JSONWriter {
  private let output: ByteOutput

  /// Whether the next value needs a comma before it.
  private var needsComma = false

  init(_ output: ByteOutput) {
    self.output = output
  }

  /// Writes an object. `body` writes its members.
  mutating func object(_ body: (inout JSONWriter) throws -> Void) throws {
    try nest("{", "}", body)
  }

  /// Writes an array. `body` writes its elements.
  mutating func array(_ body: (inout JSONWriter) throws -> Void) throws {
    try nest("[", "]", body)
  }

  /// Writes the name of a member, which must not need escapes. The value has to be written next.
  mutating func name(_ name: String) throws {
    try value("\"\(name)\":")
    needsComma = false
  }

  /// Writes a member with an integer; nil becomes null.
  mutating func member(_ name: String, _ integer: (some BinaryInteger)?) throws {
    try self.name(name)
    try value(integer.map { "\($0)" } ?? "null")
  }

  /// Writes a member with a number; nil and numbers that are not finite become null.
  mutating func member(_ name: String, _ number: Double?) throws {
    try self.name(name)
    try self.number(number)
  }

  /// Writes a member with a Boolean; nil becomes null.
  mutating func member(_ name: String, _ truth: Bool?) throws {
    try self.name(name)
    try value(truth.map { "\($0)" } ?? "null")
  }

  /// Writes a member with a string; nil becomes null.
  mutating func member(_ name: String, _ text: String?) throws {
    try self.name(name)
    try value(text.map(Self.quoted) ?? "null")
  }

  /// Writes a number with as many digits as are needed to read it back exactly.
  ///
  /// Nil and numbers that are not finite become null.
  mutating func number(_ number: Double?) throws {
    try value(number.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null")
  }

  /// Writes an integer.
  mutating func integer(_ integer: some BinaryInteger) throws {
    try value("\(integer)")
  }

  private mutating func nest(
    _ opening: String, _ closing: String, _ body: (inout JSONWriter) throws -> Void
  ) throws {
    try value(opening)
    needsComma = false
    try body(&self)
    needsComma = false
    try value(closing)
  }

  private mutating func value(_ text: String) throws {
    var text = needsComma ? "," + text : text
    needsComma = true
    try text.withUTF8 { try output.write(UnsafeRawBufferPointer($0)) }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        quoted += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default:
        quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
