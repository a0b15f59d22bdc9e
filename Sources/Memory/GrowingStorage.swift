/// A list whose memory doubles as it grows, with growth that throws where an array's would stop the program.
public struct GrowingStorage<Element: BitwiseCopyable> {
  private var storage: Storage<Element>

  /// Elements in use.
  public var count = 0

  public init() throws {
    storage = try Storage(count: 0)
  }

  /// The elements in use.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: storage.elements[0..<count])
  }

  /// The first element, or where it would be.
  public var base: UnsafeMutablePointer<Element> { storage.base }

  /// Where the next element goes; room for it is asked for with `reserve`.
  public var end: UnsafeMutablePointer<Element>? {
    storage.elements.baseAddress.map { $0 + count }
  }

  /// Makes room for `extra` more elements.
  ///
  /// - Throws: `OutOfMemory`.
  public mutating func reserve(_ extra: Int) throws {
    let needed = count + extra
    guard needed > storage.elements.count else { return }
    let capacity = Swift.max(needed, 2 * storage.elements.count)
    let grown = try Storage<Element>(
      count: capacity, hugePages: capacity > Self.hugePageByteCount / MemoryLayout<Element>.stride)
    _ = grown.elements.update(fromContentsOf: elements)
    storage = grown
  }

  /// So much memory fills some huge pages.
  private static var hugePageByteCount: Int { 16 << 20 }

  /// Adds an element at the end.
  ///
  /// - Throws: `OutOfMemory`.
  public mutating func append(_ element: Element) throws {
    try reserve(1)
    end?.pointee = element
    count += 1
  }

  /// The elements in memory of their number.
  ///
  /// - Parameter hugePages: What `Storage` says of it.
  /// - Returns: A copy.
  /// - Throws: `OutOfMemory`.
  public func stored(hugePages: Bool = false) throws -> Storage<Element> {
    let stored = try Storage<Element>(count: count, hugePages: hugePages)
    _ = stored.elements.update(fromContentsOf: elements)
    return stored
  }
}

/// The list is a collection of its elements, and there for as long as somebody walks over it.
extension GrowingStorage: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(place: Int) -> Element {
    precondition(place >= 0 && place < count)
    return base[place]
  }
}

extension GrowingStorage where Element == Int {
  /// Those of some numbers that are wanted, in their order.
  ///
  /// - Parameters:
  ///   - numbers: The numbers.
  ///   - isWanted: Whether a number is wanted; all are, where nothing is said.
  /// - Throws: `OutOfMemory`.
  public init(_ numbers: Range<Int>, where isWanted: (Int) -> Bool = { _ in true }) throws {
    try self.init()
    for number in numbers where isWanted(number) {
      try append(number)
    }
  }
}

extension GrowingStorage {
  /// Sorts the elements, equals in the order they had.
  ///
  /// - Parameter precedes: Whether one has to come before another.
  /// - Throws: `OutOfMemory`.
  public func sort(by precedes: (Element, Element) -> Bool) throws {
    try sortByMerging(elements, by: precedes)
  }
}
