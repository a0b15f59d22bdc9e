extension String {
  /// Converts text of unknown origin to text that can be shown in one line of a message.
  ///
  /// Control characters, other invisible characters and bytes that are not UTF-8 become escapes such as `\x00`.
  package init(harmless bytes: some Collection<UInt8>) {
    self = ""
    guard let text = String(validating: bytes, as: UTF8.self) else {
      for byte in bytes {
        append(Self.harmless(Unicode.Scalar(byte), isCharacter: byte < 0x80))
      }
      return
    }
    for scalar in text.unicodeScalars {
      append(Self.harmless(scalar, isCharacter: true))
    }
  }

  /// The string with the escapes of `init(harmless:)`.
  package var harmless: String { String(harmless: utf8) }

  private static func harmless(_ scalar: Unicode.Scalar, isCharacter: Bool) -> String {
    if let byte = scalar.byteOfPath { return harmless(Unicode.Scalar(byte), isCharacter: false) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      break
    default:
      if isCharacter { return String(scalar) }
    }
    let digits = String(scalar.value, radix: 16)
    guard scalar.value <= 0xFF else { return "\\u{\(digits)}" }
    return "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
