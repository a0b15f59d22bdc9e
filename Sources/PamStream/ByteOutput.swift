#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes to a file or to standard output through a buffer. Large writes bypass the buffer.
package final class ByteOutput {
  private let descriptor: Descriptor

  /// The temporary file that replaces a regular file in `close()`; nil for other outputs.
  private let replacement: ReplacementFile?
  private let buffer: UnsafeMutableRawBufferPointer
  private var bufferedCount = 0
  private var isOpen = true

  private init(_ descriptor: Descriptor, replacement: ReplacementFile? = nil) {
    self.descriptor = descriptor
    self.replacement = replacement
    buffer = .allocate(byteCount: Self.bufferByteCount, alignment: 16)
  }

  deinit {
    discard()
    buffer.deallocate()
  }

  /// Opens standard output.
  ///
  /// - Throws: `NetpbmError` if standard output was closed when the program started.
  package static func standardOutput() throws -> ByteOutput {
    guard !StandardDescriptors.wasClosed(STDOUT_FILENO) else {
      throw NetpbmError("standard output is closed")
    }
    return ByteOutput(Descriptor(number: STDOUT_FILENO, name: "standard output"))
  }

  /// Opens a file for writing.
  ///
  /// If the file is regular or does not exist, a temporary file in the same directory is written, which replaces it in
  /// `close()` and has its permissions. Pipes, terminals and descriptors (`/dev/stdout`, `/dev/fd/N`) are written
  /// directly.
  ///
  /// - Throws: `SystemError`.
  package static func file(_ path: String) throws -> ByteOutput {
    switch try OutputTarget(path: path) {
    case .descriptor(let number):
      let name = "'\(path.harmless)'"
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw SystemError("cannot open \(name)") }
      return ByteOutput(Descriptor(number: copy, name: name))
    case .special:
      return ByteOutput(try Descriptor(opening: path, flags: O_WRONLY))
    case .regular(let target, let mode):
      let replacement = try ReplacementFile(target: target, mode: mode)
      return ByteOutput(replacement.descriptor, replacement: replacement)
    }
  }

  /// Whether the output is a terminal.
  package var isTerminal: Bool { descriptor.isTerminal }

  /// Whether this output will replace the regular file that another output writes or will replace, so that the other
  /// output would be lost.
  package func replaces(sameFileAs other: ByteOutput) -> Bool {
    guard let replacement else { return false }
    return other.replacement.map { replacement.hasSameTarget(as: $0) }
      ?? replacement.hasSameTarget(as: other.descriptor)
  }

  /// Whether this output writes directly to the regular file that a reader reads, so that the reader might never reach
  /// the end.
  package func feeds(_ reader: PamReader) -> Bool {
    replacement == nil && FileIdentity(descriptor).map { $0 == FileIdentity(reader.descriptor) } ?? false
  }

  /// Writes bytes or keeps them in the buffer.
  ///
  /// - Throws: `SystemError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(isOpen)
    if bytes.count > buffer.count - bufferedCount { try flush() }
    if bytes.count >= buffer.count {
      try descriptor.writeAll(bytes)
    } else {
      UnsafeMutableRawBufferPointer(rebasing: buffer[bufferedCount...]).copyMemory(from: bytes)
      bufferedCount += bytes.count
    }
  }

  /// Writes the bytes in the buffer.
  ///
  /// - Throws: `SystemError`.
  package func flush() throws {
    let waiting = UnsafeRawBufferPointer(rebasing: buffer[..<bufferedCount])
    bufferedCount = 0
    try descriptor.writeAll(waiting)
  }

  /// Writes the bytes in the buffer, closes the output and replaces the regular file.
  ///
  /// - Throws: `SystemError`. A regular file is then unchanged.
  package func close() throws {
    precondition(isOpen)
    try flush()
    isOpen = false
    do {
      try closeDescriptor()
      try replacement?.commit()
    } catch {
      replacement?.discard()
      throw error
    }
  }

  /// Closes the output without writing the buffer. A regular file stays unchanged. After `close()` this does nothing.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    bufferedCount = 0
    try? closeDescriptor()
    replacement?.discard()
  }

  private func closeDescriptor() throws {
    // Occupy the descriptor, so that a file that is opened later does not become standard output.
    defer { if descriptor.number == STDOUT_FILENO { StandardDescriptors.occupyLowest() } }
    try descriptor.closeReporting()
  }

  private static let bufferByteCount = 64 << 10
}
