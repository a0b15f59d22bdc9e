import CPamStream

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An unnamed temporary file in the directory TMPDIR or, if that is unset or empty, in /tmp.
final class Spool {
  private let descriptor: Descriptor

  /// Number of bytes written.
  private(set) var byteCount = 0

  /// Creates an empty file.
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

  /// Appends bytes.
  ///
  /// - Throws: `SystemError`.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try descriptor.writeAll(bytes)
    byteCount += bytes.count
  }

  /// Fills `bytes` from an offset of the file.
  ///
  /// - Throws: `SystemError`, also if the file is shorter.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard try descriptor.readFully(into: bytes, at: offset) == bytes.count else {
      throw SystemError("cannot read \(descriptor.name)", code: EIO)
    }
  }
}
