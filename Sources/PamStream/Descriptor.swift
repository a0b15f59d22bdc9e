#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file descriptor with a name for messages. It is not closed automatically.
struct Descriptor {
  let number: Int32

  /// The name of the file in messages: "standard input", "'photo.ppm'".
  let name: String

  init(number: Int32, name: String) {
    self.number = number
    self.name = name
  }

  /// Opens a file, with close-on-exec.
  ///
  /// - Throws: `SystemError`.
  init(opening path: String, flags: Int32, mode: mode_t = 0) throws {
    name = "'\(path.harmless)'"
    var number: Int32
    repeat {
      number = open(path.cPath, flags | O_CLOEXEC, mode)
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw SystemError("cannot open \(name)") }
    self.number = number
  }

  /// Whether the descriptor is a terminal.
  var isTerminal: Bool { isatty(number) == 1 }

  /// Reads available bytes, and waits for at least one.
  ///
  /// - Returns: Number of bytes; 0 at the end of the file.
  /// - Throws: `SystemError`.
  func readSome(into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = read(number, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      try waitAfterFailure(of: "read", for: POLLIN)
    }
  }

  /// Fills `bytes` from an offset of a file. The descriptor's own offset is neither used nor changed.
  ///
  /// - Returns: Number of bytes, less than wanted only at the end of the file.
  /// - Throws: `SystemError`.
  func readFully(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    var filled = 0
    while filled < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...].prefix(Self.largestTransfer))
      let count = pread(number, rest.baseAddress, rest.count, off_t(offset + filled))
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else {
        try waitAfterFailure(of: "read", for: POLLIN)
      }
    }
    return filled
  }

  /// Writes all bytes.
  ///
  /// - Throws: `SystemError`.
  func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.largestTransfer))
      let count = write(number, part.baseAddress, part.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else {
        try waitAfterFailure(of: "write", for: POLLOUT)
      }
    }
  }

  /// Closes the descriptor and reports if earlier writes were lost.
  ///
  /// - Throws: `SystemError`.
  func closeReporting() throws {
    let result = close(number)
    // After EINTR the descriptor is closed too.
    guard result == 0 || errno == EINTR else { throw SystemError("cannot write \(name)") }
  }

  /// Returns after an interruption, or when a non-blocking descriptor is ready; throws other failures.
  private func waitAfterFailure(of attempt: String, for event: Int32) throws {
    switch errno {
    case EINTR:
      return
    case EAGAIN, EWOULDBLOCK:
      var request = pollfd(fd: number, events: Int16(event), revents: 0)
      poll(&request, 1, -1)
    default:
      throw SystemError("cannot \(attempt) \(name)")
    }
  }

  /// Maximum number of bytes per system call. Some systems refuse more than 2^31 - 1.
  private static let largestTransfer = 1 << 30
}
