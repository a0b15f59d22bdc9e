#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A request to the operating system that failed.
package struct SystemError: Error, Equatable {
  /// What could not be done and to what, such as "cannot read standard input".
  package let attempt: String

  /// The `errno` of the failure.
  package let code: Int32

  /// The failure that `errno` tells of.
  package init(_ attempt: String, code: Int32 = errno) {
    self.attempt = attempt
    self.code = code
  }
}

extension SystemError: CustomStringConvertible {
  /// The error in one line, without the program's name.
  package var description: String { "\(attempt): \(String(cString: strerror(code)))" }
}
