#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Mapped memory that storage has freed, for later storage of about the same size.
///
/// The system clears new memory page by page when it is first written, which takes several times as long as clearing
/// memory that is resident. In a stream of images, each image needs the same memory as the one before.
///
/// The lock is a pthread mutex, because the thread sanitizer does not know `Mutex`.
final class SpareMemory: @unchecked Sendable {
  static let shared = SpareMemory()

  /// A mapping, whose contents are undefined.
  struct Block {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
  }

  /// The blocks, in the order in which they were freed.
  private var blocks: [Block] = []
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  /// Limits for the blocks that are kept.
  private static let blockLimit = 32
  private static let byteLimit = 32 << 20

  private init() {
    pthread_mutex_init(lock, nil)
    blocks.reserveCapacity(Self.blockLimit + 1)
  }

  /// Removes the smallest block of at least `byteCount` and at most twice as many bytes; nil if there is none.
  func take(_ byteCount: Int) -> Block? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let fitting = blocks.indices.filter {
      byteCount <= blocks[$0].byteCount && blocks[$0].byteCount / 2 <= byteCount
    }
    return fitting.min { blocks[$0].byteCount < blocks[$1].byteCount }.map { blocks.remove(at: $0) }
  }

  /// Keeps a block. The oldest blocks are returned to the system if there are too many, and so is a block that is too
  /// large.
  func keep(_ block: Block) {
    guard block.byteCount <= Self.byteLimit else {
      munmap(block.start, block.byteCount)
      return
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    blocks.append(block)
    var sum = blocks.reduce(0) { $0 + $1.byteCount }
    while sum > Self.byteLimit || blocks.count > Self.blockLimit {
      let oldest = blocks.removeFirst()
      munmap(oldest.start, oldest.byteCount)
      sum -= oldest.byteCount
    }
  }

  /// Returns all blocks to the system.
  ///
  /// - Returns: Whether there were any.
  func release() -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let hadBlocks = !blocks.isEmpty
    for block in blocks { munmap(block.start, block.byteCount) }
    blocks.removeAll(keepingCapacity: true)
    return hadBlocks
  }
}
