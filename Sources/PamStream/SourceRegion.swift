import Memory

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A raster in a regular file, to be read again from there.
///
/// That it is the same again is told from the file's size and time of modification before anything is read, and from
/// a hash of each block before the block is used.
struct SourceRegion {
  private let input: ByteInput
  private let offset: Int
  private let state: FileState
  private let hash = BlockHash()
  private var hashes: GrowingStorage<UInt64>
  private let changed: NetpbmError

  /// The raster that the input reads next; `nil` if it cannot be read again as it is, because the input is no regular
  /// file, is too short or has samples that are not raw bytes; also if it is so small that memory serves as well.
  ///
  /// - Parameters:
  ///   - input: What is read; the header has been.
  ///   - header: The header.
  ///   - changed: Thrown where the file has changed; made only if the raster can be read again.
  /// - Throws: `OutOfMemory`.
  init?(_ input: ByteInput, _ header: PamHeader, changed: @autoclosure () -> NetpbmError) throws {
    guard header.rasterByteCount > Raster.blockByteCount, !header.isPlain, header.format != .pbm,
      let offset = input.offset, let state = FileState(input.descriptor), offset <= state.byteCount,
      state.byteCount - offset >= header.rasterByteCount
    else { return nil }
    self.input = input
    self.offset = offset
    self.state = state
    self.changed = changed()
    hashes = try GrowingStorage()
  }

  /// Remembers a block as it was read first.
  ///
  /// - Throws: `OutOfMemory`.
  mutating func note(_ block: UnsafeRawBufferPointer) throws {
    try hashes.append(hash(block))
  }

  /// Looks whether the file has been written since.
  ///
  /// - Throws: `NetpbmError`.
  func checkUnchanged() throws {
    guard FileState(input.descriptor) == state else { throw changed }
  }

  /// Reads a block again.
  ///
  /// - Parameters:
  ///   - index: Which of those noted it is.
  ///   - offset: Where it begins in the raster, in bytes.
  ///   - bytes: Gets it.
  /// - Throws: `NetpbmError` if it is not what it was, `SystemError`.
  func readAgain(block index: Int, at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    let count = try input.descriptor.readFully(into: bytes, at: self.offset + offset)
    guard count == bytes.count, hash(UnsafeRawBufferPointer(bytes)) == hashes.elements[index] else {
      throw changed
    }
  }
}

/// What tells that a file has been written. Its other times, its links and its permissions may change.
private struct FileState: Equatable {
  let byteCount: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// The state of an open file; `nil` if it cannot be told.
  init?(_ descriptor: Descriptor) {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    byteCount = Int(status.st_size)
    seconds = Int(time.tv_sec)
    nanoseconds = Int(time.tv_nsec)
  }
}
