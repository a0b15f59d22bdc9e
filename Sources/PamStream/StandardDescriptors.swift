#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Standard input, standard output and standard error: descriptors 0, 1 and 2.
package enum StandardDescriptors {
  /// Written only by `guardAgainstReuse`, before a second thread starts.
  nonisolated(unsafe) private static var closedAtStart: [Int32] = []

  /// Opens a placeholder for each standard descriptor that is closed, so that files opened later do not get its number.
  ///
  /// It has to be the first call in the program. Reading from or writing to a placeholder fails.
  package static func guardAgainstReuse() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      closedAtStart.append(descriptor)
      occupyLowest()
    }
  }

  /// Whether a standard descriptor was closed when the program started.
  package static func wasClosed(_ descriptor: Int32) -> Bool {
    closedAtStart.contains(descriptor)
  }

  /// Opens the root directory as a placeholder, which gets the lowest free descriptor. The root directory always exists
  /// and can be neither read nor written as a file.
  static func occupyLowest() {
    _ = open("/", O_RDONLY)
  }
}
