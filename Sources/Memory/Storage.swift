#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Memory for `count` elements whose number depends on input: asking for too much throws, where an array would
/// stop the program.
///
/// Large memory comes from the system in pages, zeroed, which become resident only as they are written; so a
/// reservation made on the word of an image's header costs address space, not memory. Small memory comes from the
/// heap: asking the system each time took half the time of an image of 32 x 32. A vector that begins at the last
/// element may be read whole.
public final class Storage<Element: BitwiseCopyable> {
  /// The elements; all bits are zero until written.
  public let elements: UnsafeMutableBufferPointer<Element>

  private let memory: UnsafeMutableRawPointer

  /// Bytes that were mapped; 0 where they came from the heap.
  private let mappedByteCount: Int

  /// Reserves zeroed memory.
  ///
  /// - Parameters:
  ///   - count: Elements wanted, 0 or more.
  ///   - hugePages: Whether the memory is large, will be used whole and in no regular order, so that pages of
  ///     2 MiB save time. A hint.
  /// - Throws: `OutOfMemory` if the system refuses.
  public init(count: Int, hugePages: Bool = false) throws {
    precondition(count >= 0)
    let alignment = (hugePages ? Self.hugePageByteCount : 0) + Self.vectorByteCount
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= Int.max - alignment else {
      throw OutOfMemory(byteCount: Int.max)
    }
    guard bytes > Self.heapByteLimit else {
      // Aligned for vectors.
      var heap: UnsafeMutableRawPointer?
      guard posix_memalign(&heap, Self.vectorByteCount, bytes + Self.vectorByteCount) == 0, let heap else {
        throw OutOfMemory(byteCount: bytes)
      }
      memset(heap, 0, bytes + Self.vectorByteCount)
      memory = heap
      mappedByteCount = 0
      elements = UnsafeMutableBufferPointer(
        start: heap.bindMemory(to: Element.self, capacity: count), count: count)
      return
    }
    mappedByteCount = bytes + alignment
    guard
      let mapping = mmap(nil, mappedByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      mapping != MAP_FAILED
    else {
      throw OutOfMemory(byteCount: bytes)
    }
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

  /// The first element, or where it would be.
  public var base: UnsafeMutablePointer<Element> {
    guard let base = elements.baseAddress else { preconditionFailure("a mapping has an address") }
    return base
  }

  deinit {
    if mappedByteCount > 0 {
      munmap(memory, mappedByteCount)
    } else {
      free(memory)
    }
  }

  /// Up to so many bytes come from the heap.
  private static var heapByteLimit: Int { 64 << 10 }
  private static var vectorByteCount: Int { 64 }

  private static var hugePageByteCount: Int { 2 << 20 }
}
