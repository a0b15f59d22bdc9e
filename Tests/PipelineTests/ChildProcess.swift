import Foundation

/// A process that starts as from a shell, whatever the tests have done to theirs: SIGPIPE ends it, no signal is
/// blocked, and it has a process group of its own.
enum ChildProcess {
  /// It could not be started, or did not end in time.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts a program and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: The program's path and its arguments.
  ///   - environment: All variables.
  ///   - timeLimit: Seconds after which the process and those it started are killed.
  /// - Returns: The exit status, or 128 and the signal's number.
  /// - Throws: `Failure`.
  static func run(_ arguments: [String], environment: [String: String], timeLimit: Double) throws -> Int32 {
    let process = try start(arguments, environment: environment)
    let deadline = Date(timeIntervalSinceNow: timeLimit)
    var status: Int32 = 0
    while true {
      switch waitpid(process, &status, WNOHANG) {
      case process:
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
      case -1 where errno != EINTR:
        throw Failure(description: "waitpid: \(String(cString: strerror(errno)))")
      default:
        guard Date() < deadline else {
          kill(-process, SIGKILL)
          waitpid(process, &status, 0)
          throw Failure(description: "not done after \(timeLimit) s: \(arguments.joined(separator: " "))")
        }
        usleep(1000)
      }
    }
  }

  private static func start(_ arguments: [String], environment: [String: String]) throws -> pid_t {
    #if canImport(Darwin)
      var attributes: posix_spawnattr_t?
    #else
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var words = arguments.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, arguments[0], nil, &attributes, &words, &variables)
    guard code == 0 else { throw Failure(description: "posix_spawn: \(String(cString: strerror(code)))") }
    return process
  }
}
