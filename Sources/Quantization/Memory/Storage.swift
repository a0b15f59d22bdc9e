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
/// The pages come from the system zeroed and become resident only as they are written, so a reservation made on
/// the word of an image's header costs address space, not memory.
package final class Storage<Element: BitwiseCopyable> {
  /// The elements; all bits are zero until written.
  package let elements: UnsafeMutableBufferPointer<Element>

  private let mapping: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Reserves zeroed memory.
  ///
  /// - Parameters:
  ///   - count: Elements wanted, 0 or more.
  ///   - hugePages: Whether the memory is large, will be used whole and in no regular order, so that pages of
  ///     2 MiB save time. A hint.
  /// - Throws: `QuantizationError.outOfMemory` if the system refuses.
  package init(count: Int, hugePages: Bool = false) throws {
    precondition(count >= 0)
    let alignment = hugePages ? Self.hugePageByteCount : 0
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= Int.max - alignment else {
      throw QuantizationError.outOfMemory(byteCount: Int.max)
    }
    byteCount = bytes + alignment
    guard
      let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      mapping != MAP_FAILED
    else {
      throw QuantizationError.outOfMemory(byteCount: bytes)
    }
    self.mapping = mapping
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

  /// The first element; also where there are none, of a whole page of them.
  package var base: UnsafeMutablePointer<Element> {
    guard let base = elements.baseAddress else { preconditionFailure("a mapping has an address") }
    return base
  }

  deinit {
    munmap(mapping, byteCount)
  }

  private static var hugePageByteCount: Int { 2 << 20 }
}
