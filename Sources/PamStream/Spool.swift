import CPamStream

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A temporary file without a name, in the directory that TMPDIR names or else in /tmp.
final class Spool {
  private let descriptor: Descriptor

  /// Bytes written so far.
  private(set) var byteCount = 0

  /// Creates the file, empty.
  ///
  /// - Throws: `SystemError`.
  init() throws {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let path = directory.isEmpty ? "/tmp" : directory
    let name = "a temporary file in '\(path.harmless)'"
    let number = pamstream_open_unnamed(path)
    guard number >= 0 else { throw SystemError("cannot create \(name)") }
    descriptor = Descriptor(number: number, name: name)
  }

  deinit {
    try? descriptor.closeReporting()
  }

  /// Writes bytes behind those written before.
  ///
  /// - Throws: `SystemError`.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try descriptor.writeAll(bytes)
    byteCount += bytes.count
  }

  /// Fills `bytes` with what was written at an offset.
  ///
  /// - Throws: `SystemError`.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard try descriptor.readFully(into: bytes, at: offset) == bytes.count else {
      throw SystemError("cannot read \(descriptor.name)", code: EIO)
    }
  }
}
