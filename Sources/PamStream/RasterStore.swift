import Memory

/// The storage for the rasters of one input: memory up to a limit for all of them together, then one temporary file.
final class RasterStore {
  private let memoryLimit: Int
  private var bytesInMemory = 0

  /// The temporary file. It exists as long as a raster has rows in it.
  private weak var openSpool: Spool?

  private var block: Storage<UInt8>?

  /// - Parameter memoryLimit: Maximum number of bytes in memory. If no raster is in memory, one block may be stored
  ///   even if it exceeds the limit.
  init(memoryLimit: Int) {
    self.memoryLimit = memoryLimit
  }

  /// Number of bytes of memory left for the raster that is being read.
  var bytesLeft: Int {
    let limit = bytesInMemory == 0 ? max(memoryLimit, Raster.blockByteCount) : memoryLimit
    return max(limit - bytesInMemory, 0)
  }

  /// Counts memory that a raster has reserved or, if negative, released.
  func note(byteCount: Int) {
    bytesInMemory += byteCount
  }

  /// Returns the temporary file, and creates it if there is none. Rasters that write to it have to retain it.
  ///
  /// - Throws: `SystemError`.
  func spool() throws -> Spool {
    let spool = try openSpool ?? Spool()
    openSpool = spool
    return spool
  }

  /// Memory for rows that are not stored in memory. Each call reuses it.
  ///
  /// - Throws: `OutOfMemory`.
  func block(byteCount: Int) throws -> UnsafeMutableRawBufferPointer {
    if let block, block.elements.count >= byteCount {
      return UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(block.elements)[..<byteCount])
    }
    block = nil
    let block = try Storage<UInt8>(count: byteCount)
    self.block = block
    return UnsafeMutableRawBufferPointer(block.elements)
  }
}
