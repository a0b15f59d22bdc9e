#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Memory for a fixed number of elements. It throws if there is too little memory; an array would stop the program.
///
/// Large memory is mapped from the system in zeroed pages, which become resident only when they are written. So memory
/// that is reserved for the size in an image's header uses address space, but no physical memory before the pixels
/// arrive. Small memory comes from the heap, because mapping it took half of the time for an image of 32 x 32. The
/// memory is padded so that a vector of 64 bytes can be read at the last element.
public final class Storage<Element: BitwiseCopyable> {
  /// The elements. All bits are zero until they are written.
  public let elements: UnsafeMutableBufferPointer<Element>

  private let memory: UnsafeMutableRawPointer

  /// Number of mapped bytes; 0 if the memory is from the heap.
  private let mappedByteCount: Int

  /// Whether the memory is kept for later storage when it is freed.
  private let isReused: Bool

  /// Reserves zeroed memory.
  ///
  /// - Parameters:
  ///   - count: Number of elements, 0 or more.
  ///   - hugePages: Whether to ask for pages of 2 MiB. They save time if the memory is large, used as a whole, and
  ///     accessed in irregular order.
  ///   - reuse: Whether to take memory that was freed, see `SpareMemory`. It is cleared, so all of it is resident at once.
  ///     This saves time if all of it is used. With huge pages it has no effect.
  /// - Throws: `OutOfMemory` if the system refuses.
  public init(count: Int, hugePages: Bool = false, reuse: Bool = false) throws {
    precondition(count >= 0)
    let alignment = (hugePages ? Self.hugePageByteCount : 0) + Self.vectorByteCount
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= Int.max / 2 - alignment else {
      throw OutOfMemory(byteCount: Int.max)
    }
    guard bytes > Self.heapByteLimit else {
      // The alignment is for vectors.
      var heap: UnsafeMutableRawPointer?
      guard posix_memalign(&heap, Self.vectorByteCount, bytes + Self.vectorByteCount) == 0, let heap else {
        throw OutOfMemory(byteCount: bytes)
      }
      memset(heap, 0, bytes + Self.vectorByteCount)
      memory = heap
      mappedByteCount = 0
      isReused = false
      elements = UnsafeMutableBufferPointer(
        start: heap.bindMemory(to: Element.self, capacity: count), count: count)
      return
    }
    isReused = reuse && !hugePages
    if isReused, let block = SpareMemory.shared.take(bytes + alignment) {
      memset(block.start, 0, bytes + alignment)
      memory = block.start
      mappedByteCount = block.byteCount
      elements = UnsafeMutableBufferPointer(
        start: memory.bindMemory(to: Element.self, capacity: count), count: count)
      return
    }
    // Some more memory, which is never written, so that slightly larger storage can reuse it.
    mappedByteCount = bytes + alignment + (isReused ? bytes / 8 : 0)
    guard let mapping = Self.map(mappedByteCount) else { throw OutOfMemory(byteCount: bytes) }
    memory = mapping
    var start = mapping
    if hugePages {
      start = mapping.alignedUp(toMultipleOf: Self.hugePageByteCount)
      #if os(Linux)
        madvise(start, bytes, MADV_HUGEPAGE)
      #endif
    }
    elements = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// The address of the first element; valid also if `count` is 0.
  public var base: UnsafeMutablePointer<Element> {
    guard let base = elements.baseAddress else { preconditionFailure("a mapping has an address") }
    return base
  }

  deinit {
    if isReused {
      SpareMemory.shared.keep(SpareMemory.Block(start: memory, byteCount: mappedByteCount))
    } else if mappedByteCount > 0 {
      munmap(memory, mappedByteCount)
    } else {
      free(memory)
    }
  }

  /// Maps zeroed memory; nil if the system refuses. If there is too little, spare memory is returned to the system first.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    repeat {
      let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
      if mapping != MAP_FAILED { return mapping }
    } while SpareMemory.shared.release()
    return nil
  }

  /// Maximum number of bytes that are allocated on the heap.
  private static var heapByteLimit: Int { 64 << 10 }
  private static var vectorByteCount: Int { 64 }

  private static var hugePageByteCount: Int { 2 << 20 }
}
