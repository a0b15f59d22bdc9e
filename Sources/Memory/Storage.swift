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

  /// Whether `SpareMemory` keeps the memory when it is freed.
  private let isReused: Bool

  /// Reserves zeroed memory.
  ///
  /// - Parameters:
  ///   - count: Number of elements, 0 or more.
  ///   - hugePages: Whether to ask for pages of 2 MiB. They save time if the memory is large, used as a whole, and
  ///     accessed in irregular order.
  ///   - reuse: Whether to take memory that other storage has freed, and to keep this memory for other storage when it
  ///     is freed, see `SpareMemory`. Such memory is cleared, so all of it is resident at once. That saves time if all
  ///     of it is used. It has no effect on memory from the heap, nor with huge pages.
  /// - Throws: `OutOfMemory` if the system refuses.
  public init(count: Int, hugePages: Bool = false, reuse: Bool = false) throws {
    precondition(count >= 0)
    let alignment = (hugePages ? Self.hugePageByteCount : 0) + Self.vectorByteCount
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= Int.max / 2 - alignment else {
      throw OutOfMemory(byteCount: Int.max)
    }
    guard bytes > Self.heapByteLimit else {
      guard let heap = Self.allocate(bytes + Self.vectorByteCount) else {
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
    // Some more memory, so that slightly larger storage can reuse the block. This storage never writes there.
    let extra = isReused ? bytes / 8 : 0
    if let mapping = Self.map(bytes + alignment + extra) {
      memory = mapping
      mappedByteCount = bytes + alignment + extra
    } else if extra > 0, let mapping = Self.map(bytes + alignment) {
      memory = mapping
      mappedByteCount = bytes + alignment
    } else {
      throw OutOfMemory(byteCount: bytes)
    }
    var start = memory
    if hugePages {
      start = memory.alignedUp(toMultipleOf: Self.hugePageByteCount)
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

  /// Maps zeroed memory; nil if the system refuses, even after all spare memory has been returned to it.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    repeat {
      let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
      if mapping != MAP_FAILED { return mapping }
    } while SpareMemory.shared.release()
    return nil
  }

  /// Allocates memory on the heap, aligned for vectors; nil in the same case.
  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    repeat {
      var heap: UnsafeMutableRawPointer?
      if posix_memalign(&heap, vectorByteCount, byteCount) == 0 { return heap }
    } while SpareMemory.shared.release()
    return nil
  }

  /// Maximum number of bytes that are allocated on the heap.
  private static var heapByteLimit: Int { 64 << 10 }
  private static var vectorByteCount: Int { 64 }

  private static var hugePageByteCount: Int { 2 << 20 }
}
