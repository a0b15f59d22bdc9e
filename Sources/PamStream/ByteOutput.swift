#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file or standard output, written through a buffer that large writes bypass.
package final class ByteOutput {
  private let descriptor: Descriptor

  /// The file to be replaced when all is written.
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

  /// The output to descriptor 1.
  ///
  /// - Throws: `NetpbmError` if it was closed when the program started.
  package static func standardOutput() throws -> ByteOutput {
    guard !StandardDescriptors.wasClosed(STDOUT_FILENO) else {
      throw NetpbmError("standard output is closed")
    }
    return ByteOutput(Descriptor(number: STDOUT_FILENO, name: "standard output"))
  }

  /// The output to a file.
  ///
  /// A regular file, or one that does not exist yet, is written under another name beside it and takes its place
  /// only in `close()`; its permissions stay. Pipes, terminals and descriptors (`/dev/stdout`, `/dev/fd/N`) are
  /// written straight.
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

  /// Whether it goes to a terminal.
  package var isTerminal: Bool { descriptor.isTerminal }

  /// Whether this takes the place of the regular file that another takes the place of, or writes to: then nothing would
  /// be left of the other.
  package func replaces(sameFileAs other: ByteOutput) -> Bool {
    guard let replacement else { return false }
    return other.replacement.map { replacement.hasSameTarget(as: $0) }
      ?? replacement.hasSameTarget(as: other.descriptor)
  }

  /// Whether what is written comes behind what a reader reads, in one regular file: that could go on for ever.
  package func feeds(_ reader: PamReader) -> Bool {
    replacement == nil && FileIdentity(descriptor).map { $0 == FileIdentity(reader.descriptor) } ?? false
  }

  /// Writes bytes, some of which may wait in the buffer.
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

  /// Writes what waits in the buffer.
  ///
  /// - Throws: `SystemError`.
  package func flush() throws {
    let waiting = UnsafeRawBufferPointer(rebasing: buffer[..<bufferedCount])
    bufferedCount = 0
    try descriptor.writeAll(waiting)
  }

  /// Ends the output: all is written, and a regular file is complete and in its place.
  ///
  /// - Throws: `SystemError`; a regular file then is as it was.
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

  /// Ends the output without writing what waits; a regular file stays as it was. No matter after `close()`.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    bufferedCount = 0
    try? closeDescriptor()
    replacement?.discard()
  }

  private func closeDescriptor() throws {
    // No file opened later may become standard output.
    defer { if descriptor.number == STDOUT_FILENO { StandardDescriptors.occupyLowest() } }
    try descriptor.closeReporting()
  }

  private static let bufferByteCount = 64 << 10
}
