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
/// memory that is resident. In a stream, each image needs about as much memory as the one before.
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

  /// Maximum number of blocks that are kept, and of their bytes in total.
  private static let blockLimit = 32
  private static let byteLimit = 32 << 20

  private init() {
    pthread_mutex_init(lock, nil)
    blocks.reserveCapacity(Self.blockLimit + 1)
  }

  /// Takes the smallest block of at least `byteCount` and at most about twice as many bytes; nil if there is none.
  func take(_ byteCount: Int) -> Block? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    var best: Int?
    for (index, block) in blocks.enumerated() {
      guard byteCount <= block.byteCount, block.byteCount / 2 <= byteCount else { continue }
      if best.map({ block.byteCount < blocks[$0].byteCount }) ?? true { best = index }
    }
    return best.map { blocks.remove(at: $0) }
  }

  /// Keeps a block. If that exceeds a limit, the oldest blocks are returned to the system. So is a block that is larger
  /// than the limit by itself.
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
