import PamStream
import Testing

/// A message is one line whatever it quotes.
struct MessageTests {
  @Test(arguments: [
    ([UInt8]("a b\u{E9}".utf8), "a b\u{E9}"),
    ([0x00, 0x1B, 0x7F, 0x0A], "\\x00\\x1b\\x7f\\x0a"),
    ([0x61, 0xFF, 0xC3], "a\\xff\\xc3"),
    ([UInt8]("\u{85}\u{2028}\u{202E}".utf8), "\\x85\\u{2028}\\u{202e}"),
  ])
  func invisibleBytesAreEscaped(bytes: [UInt8], expected: String) {
    #expect(String(harmless: bytes) == expected)
  }

  @Test func systemErrorsNameTheAttempt() {
    let error = SystemError("cannot open 'x.ppm'", code: 2)
    #expect(error.description == "cannot open 'x.ppm': No such file or directory")
  }
}
