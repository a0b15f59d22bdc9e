#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The error of a failed system call.
package struct SystemError: Error, Equatable {
  /// The failed action and its object, such as "cannot read standard input".
  package let attempt: String

  /// The `errno` of the failure.
  package let code: Int32

  /// Makes the error of an action, by default with the current `errno`.
  package init(_ attempt: String, code: Int32 = errno) {
    self.attempt = attempt
    self.code = code
  }
}

extension SystemError: CustomStringConvertible {
  /// The error in one line, without the program's name.
  package var description: String { "\(attempt): \(String(cString: strerror(code)))" }
}
