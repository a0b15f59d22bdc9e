#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file or standard input. It is read byte by byte through a buffer, or in blocks without the buffer.
final class ByteInput {
  let descriptor: Descriptor
  private let isOwned: Bool
  private let buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// Opens a file for reading; `nil` or `-` is standard input, read from its current offset.
  ///
  /// - Throws: `SystemError`, or `NetpbmError` if standard input was closed when the program started.
  init(path: String?) throws {
    if let path, path != "-" {
      descriptor = try Descriptor(opening: path, flags: O_RDONLY)
      isOwned = true
    } else {
      guard !StandardDescriptors.wasClosed(STDIN_FILENO) else {
        throw NetpbmError("standard input is closed")
      }
      descriptor = Descriptor(number: STDIN_FILENO, name: "standard input")
      isOwned = false
    }
    buffer = .allocate(byteCount: Self.bufferByteCount, alignment: 16)
  }

  deinit {
    buffer.deallocate()
    if isOwned { try? descriptor.closeReporting() }
  }

  /// The name of the input in messages.
  var name: String { descriptor.name }

  /// Reads the next byte; `nil` at the end.
  @inline(__always)
  func next() throws -> UInt8? {
    if start == end {
      guard try refill() else { return nil }
    }
    defer { start += 1 }
    return buffer[start]
  }

  /// Returns the next byte without consuming it; `nil` at the end.
  func peek() throws -> UInt8? {
    if start == end {
      guard try refill() else { return nil }
    }
    return buffer[start]
  }

  /// Returns the next bytes without consuming them.
  ///
  /// - Parameter count: Number of bytes, at most that of the buffer.
  /// - Returns: The bytes; fewer if the input ends before.
  /// - Throws: `SystemError`.
  func peek(_ count: Int) throws -> [UInt8] {
    while end - start < count {
      if start > 0 {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        (start, end) = (0, end - start)
      }
      let more = try descriptor.readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
      guard more > 0 else { break }
      end += more
    }
    return Array(buffer[start..<min(end, start + count)])
  }

  /// Reads available bytes: those in the buffer or, if it is empty, those of one system call.
  ///
  /// - Returns: Number of bytes; 0 at the end.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    guard start == end else {
      let taken = buffer[start..<end].prefix(bytes.count)
      bytes.copyBytes(from: taken)
      start += taken.count
      return taken.count
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(Self.largestRead))
    return try descriptor.readSome(into: room)
  }

  /// Fills `bytes` unless the input ends.
  ///
  /// - Returns: Number of bytes read.
  func readFully(into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    var count = 0
    while count < bytes.count {
      let more = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
      if more == 0 { break }
      count += more
    }
    return count
  }

  /// The file offset of the next byte; `nil` if the input is not a regular file.
  var offset: Int? {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let position = lseek(descriptor.number, 0, SEEK_CUR)
    return position < 0 ? nil : Int(position) - (end - start)
  }

  private func refill() throws -> Bool {
    start = 0
    end = 0
    end = try descriptor.readSome(into: buffer)
    return end > 0
  }

  private static let bufferByteCount = 64 << 10

  /// Maximum number of bytes per read, so that they are still in the cache when they are counted. Reads four times
  /// larger took as long (12 megapixels, Zen 5).
  private static let largestRead = 256 << 10
}
