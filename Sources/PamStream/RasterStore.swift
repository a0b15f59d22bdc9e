import Memory

/// The place where the rasters of one input are kept: memory up to a limit for all of them together, then one temporary
/// file.
final class RasterStore {
  private let memoryLimit: Int
  private var bytesInMemory = 0

  /// The temporary file, as long as there is a raster with rows in it.
  private weak var openSpool: Spool?

  private var block: Storage<UInt8>?

  /// - Parameter memoryLimit: Bytes of memory; a first raster of one block is kept there whatever the limit.
  init(memoryLimit: Int) {
    self.memoryLimit = memoryLimit
  }

  /// Bytes of memory that are left for the raster being read.
  var bytesLeft: Int {
    let limit = bytesInMemory == 0 ? max(memoryLimit, Raster.blockByteCount) : memoryLimit
    return max(limit - bytesInMemory, 0)
  }

  /// Counts memory that a raster has taken, or given back where it is below 0.
  func note(byteCount: Int) {
    bytesInMemory += byteCount
  }

  /// The temporary file, to be kept by who writes to it.
  ///
  /// - Throws: `SystemError`.
  func spool() throws -> Spool {
    let spool = try openSpool ?? Spool()
    openSpool = spool
    return spool
  }

  /// Memory for what passes through, which is the same each time.
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
