/// The error that input is not a valid Netpbm image, or that an image or palette cannot be processed or written.
package struct NetpbmError: Error, Equatable {
  /// The message in one line. For errors that libnetpbm found, it is libnetpbm's message.
  package let message: String

  /// Whether the message begins with the location of the error.
  private(set) var isLocated = false

  /// Makes an error from a message of one line. Text from outside has to be escaped by `String(harmless:)`.
  package init(_ message: String) {
    self.message = message
  }

  /// Makes an error from a message of libnetpbm, which may have several lines and quote the input.
  init(libnetpbm words: some Sequence<UInt8>) {
    let parts = Array(words).split(whereSeparator: \.isSpace)
    message = parts.map { String(harmless: $0) }.joined(separator: " ")
  }

  /// Compares the messages.
  package static func == (first: NetpbmError, second: NetpbmError) -> Bool { first.message == second.message }

  /// The same error, with its location before the message.
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
