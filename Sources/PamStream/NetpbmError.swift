/// Bytes that are not the Netpbm image they should be, or an image that Netpbm cannot write.
package struct NetpbmError: Error, Equatable {
  /// What is wrong in one line, in libnetpbm's words where libnetpbm found it.
  package let message: String

  /// Whether the message says where it happened.
  private(set) var isLocated = false

  /// An error in our own words, which hold nothing invisible but what `String(harmless:)` has escaped.
  package init(_ message: String) {
    self.message = message
  }

  /// An error in libnetpbm's words, which may be several lines and quote the input.
  init(libnetpbm words: some Sequence<UInt8>) {
    let parts = Array(words).split(whereSeparator: \.isSpace)
    message = parts.map { String(harmless: $0) }.joined(separator: " ")
  }

  /// Errors are the same that say the same.
  package static func == (first: NetpbmError, second: NetpbmError) -> Bool { first.message == second.message }

  /// The same error, led by where it happened.
  func at(_ place: String) -> NetpbmError {
    var error = NetpbmError("\(place): \(message)")
    error.isLocated = true
    return error
  }
}

extension NetpbmError: CustomStringConvertible {
  /// The error in one line, without the program's name.
  package var description: String { message }
}
