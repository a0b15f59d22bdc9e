#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file without a name that holds some bytes.
final class ScratchFile {
  /// Names it as long as it is open.
  var path: String { "/dev/fd/\(descriptor)" }

  private let descriptor: Int32

  /// - Throws: `FuzzTarget.Failure` if there is no room for it.
  init(_ bytes: UnsafeRawBufferPointer = .init(start: nil, count: 0)) throws {
    var name = Array("/tmp/pamkmeans-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    unlink(name)
    guard descriptor >= 0, write(descriptor, bytes.baseAddress, bytes.count) == bytes.count else {
      throw FuzzTarget.Failure(description: "no temporary file")
    }
    rewind()
  }

  deinit { close(descriptor) }

  /// Goes back to the beginning, where a descriptor that was opened again is at the same place.
  func rewind() { lseek(descriptor, 0, SEEK_SET) }
}

/// The bytes of a pipe that has been closed for writing.
final class ScratchPipe {
  /// What a pipe holds on every system that there is.
  static let capacity = 16 << 10

  var path: String { "/dev/fd/\(descriptor)" }

  private let descriptor: Int32

  /// - Throws: `FuzzTarget.Failure` if there is none.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(bytes.count <= Self.capacity)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, write(ends[1], bytes.baseAddress, bytes.count) == bytes.count else {
      throw FuzzTarget.Failure(description: "no pipe")
    }
    close(ends[1])
    descriptor = ends[0]
  }

  deinit { close(descriptor) }
}
