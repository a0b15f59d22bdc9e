#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Descriptors 0, 1 and 2.
package enum StandardDescriptors {
  /// Written by `guardAgainstReuse` alone, before there is a second thread.
  nonisolated(unsafe) private static var closedAtStart: [Int32] = []

  /// Occupies each standard descriptor that is closed, so that no file opened later takes its place.
  ///
  /// To be called first thing in the program. Reading from or writing to an occupied descriptor fails.
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

  /// Opens what can be neither read nor written, exists everywhere and takes the lowest free descriptor.
  static func occupyLowest() {
    _ = open("/", O_RDONLY)
  }
}
