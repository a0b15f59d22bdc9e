import Memory

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A raster in a regular file, which is read again instead of being stored.
///
/// Before rereading, the size and the modification time of the file are compared with those of the first time. Then the
/// hash of each block is compared, so that a change of the file is an error.
struct SourceRegion {
  private let input: ByteInput
  private let offset: Int
  private let state: FileState
  private let hash: BlockHash
  private var hashes: GrowingStorage<UInt64>
  private let changed: NetpbmError

  /// Describes the raster that the input reads next.
  ///
  /// It is `nil` if the input is not a regular file, if the file is too short, if the raster is plain or PBM, or if it
  /// is so small that it can be kept in memory.
  ///
  /// - Parameters:
  ///   - input: The input, whose header has been read.
  ///   - header: The header.
  ///   - changed: The error that is thrown if the file has changed. It is evaluated only if the result is not `nil`.
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
    hash = BlockHash()
    hashes = try GrowingStorage()
  }

  /// Stores the hash of a block that was read for the first time.
  ///
  /// - Throws: `OutOfMemory`.
  mutating func note(_ block: UnsafeRawBufferPointer) throws {
    try hashes.append(hash(block))
  }

  /// Checks the size and the modification time of the file.
  ///
  /// - Throws: `NetpbmError` if they have changed.
  func checkUnchanged() throws {
    guard FileState(input.descriptor) == state else { throw changed }
  }

  /// Reads a block again.
  ///
  /// - Parameters:
  ///   - index: The number of the block, in the order of `note`.
  ///   - offset: The offset of the block in the raster, in bytes.
  ///   - bytes: Receives the block.
  /// - Throws: `NetpbmError` if the block has changed, `SystemError`.
  func readAgain(block index: Int, at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    let count = try input.descriptor.readFully(into: bytes, at: self.offset + offset)
    guard count == bytes.count, hash(UnsafeRawBufferPointer(bytes)) == hashes.elements[index] else {
      throw changed
    }
  }
}

/// The properties of a file that change when it is written.
private struct FileState: Equatable {
  let byteCount: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// The state of an open file; `nil` if the system does not report it.
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
