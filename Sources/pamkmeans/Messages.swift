import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes messages for the user to standard error, line by line.
///
/// It is a class, because all threads share one progress line on the terminal.
package final class Messages: Sendable {
  private struct Progress {
    /// The width of the current progress line; 0 if there is none.
    var width = 0
    /// The earliest time of the next progress line, in nanoseconds.
    var nextTime: UInt64
  }

  /// Nanoseconds before the first progress line. Short runs show none.
  private static let patience: UInt64 = 500_000_000
  /// Minimum number of nanoseconds between progress lines.
  private static let interval: UInt64 = 100_000_000
  /// Maximum width of a progress line. A terminal may have only 80 columns, and a wrapped line cannot be cleared.
  private static let widthLimit = 79

  private let isQuiet: Bool
  private let isVerbose: Bool
  private let showsProgress: Bool
  private let shown: Mutex<Progress>

  package init(_ verbosity: Settings.Verbosity) {
    isQuiet = verbosity == .quiet
    isVerbose = verbosity == .verbose
    showsProgress = isVerbose && isatty(STDERR_FILENO) == 1
    shown = Mutex(Progress(nextTime: Self.now + Self.patience))
  }

  /// Writes `pamkmeans: ...` on a line, unless the user wants errors only.
  package func note(_ message: @autoclosure () -> String) {
    guard !isQuiet else { return }
    endProgress()
    Self.put("pamkmeans: \(message().harmless)\n")
  }

  /// Writes `pamkmeans: ...` on a line if the user wants details.
  package func verbose(_ message: @autoclosure () -> String) {
    guard isVerbose else { return }
    note(message())
  }

  /// Shows the progress of a long run, at most ten times a second.
  ///
  /// Nothing is shown unless the user wants details and standard error is a terminal.
  package func progress(_ message: @autoclosure () -> String) {
    guard showsProgress else { return }
    shown.withLock { progress in
      let now = Self.now
      guard now >= progress.nextTime else { return }
      progress.nextTime = now + Self.interval
      let line = "pamkmeans: \(message().harmless)".prefix(Self.widthLimit)
      let padding = String(repeating: " ", count: max(0, progress.width - line.count))
      Self.put("\r\(line)\(padding)")
      progress.width = line.count
    }
  }

  /// Clears the progress line, if there is one.
  package func endProgress() {
    guard showsProgress else { return }
    shown.withLock { progress in
      guard progress.width > 0 else { return }
      Self.put("\r\(String(repeating: " ", count: progress.width))\r")
      progress.width = 0
    }
  }

  /// Writes the reason why the program failed, in one line.
  package static func report(_ error: any Error) {
    put("pamkmeans: \(String(describing: error).harmless)\n")
  }

  /// Writes a text with a single system call, so that lines of several processes do not mix.
  ///
  /// Failures are ignored, because there is no other place to report them.
  private static func put(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// The time of a monotonic clock, in nanoseconds.
  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
