/// A list whose capacity doubles as it grows. It throws if there is no memory; an array would stop the program.
public struct GrowingStorage<Element: BitwiseCopyable> {
  private var storage: Storage<Element>

  /// Number of elements.
  public var count = 0

  public init() throws {
    storage = try Storage(count: 0)
  }

  /// The elements.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: storage.elements[0..<count])
  }

  /// The address of the first element; valid also if the list is empty.
  public var base: UnsafeMutablePointer<Element> { storage.base }

  /// The address after the last element. Call `reserve` before writing there.
  public var end: UnsafeMutablePointer<Element>? {
    storage.elements.baseAddress.map { $0 + count }
  }

  /// Reserves memory for `extra` more elements.
  ///
  /// - Throws: `OutOfMemory`.
  public mutating func reserve(_ extra: Int) throws {
    let needed = count + extra
    guard needed > storage.elements.count else { return }
    let capacity = Swift.max(needed, 2 * storage.elements.count)
    let grown = try Storage<Element>(
      count: capacity, hugePages: capacity > Self.hugePageByteCount / MemoryLayout<Element>.stride,
      reuse: true)
    _ = grown.elements.update(fromContentsOf: elements)
    storage = grown
  }

  /// Lists of more bytes use huge pages.
  private static var hugePageByteCount: Int { 16 << 20 }

  /// Appends an element.
  ///
  /// - Throws: `OutOfMemory`.
  public mutating func append(_ element: Element) throws {
    try reserve(1)
    end?.pointee = element
    count += 1
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: `OutOfMemory`.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws where Element == UInt8 {
    try reserve(bytes.count)
    if let end {
      UnsafeMutableRawBufferPointer(start: end, count: bytes.count).copyMemory(from: bytes)
    }
    count += bytes.count
  }

  /// Copies the elements to a storage of exactly their number.
  ///
  /// - Parameter hugePages: Whether to use huge pages, as in `Storage`.
  /// - Returns: The copy.
  /// - Throws: `OutOfMemory`.
  public func stored(hugePages: Bool = false) throws -> Storage<Element> {
    let stored = try Storage<Element>(count: count, hugePages: hugePages, reuse: true)
    _ = stored.elements.update(fromContentsOf: elements)
    return stored
  }
}

/// Makes the list a collection, which keeps the memory alive during an iteration.
extension GrowingStorage: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(place: Int) -> Element {
    precondition(place >= 0 && place < count)
    return base[place]
  }
}

extension GrowingStorage where Element == Int {
  /// Makes a list of the numbers of a range that satisfy a condition, ascending.
  ///
  /// - Parameters:
  ///   - numbers: The range.
  ///   - isWanted: The condition; by default all numbers satisfy it.
  /// - Throws: `OutOfMemory`.
  public init(_ numbers: Range<Int>, where isWanted: (Int) -> Bool = { _ in true }) throws {
    try self.init()
    for number in numbers where isWanted(number) {
      try append(number)
    }
  }
}

extension GrowingStorage {
  /// Sorts the elements; the sort is stable.
  ///
  /// - Parameter precedes: Whether an element has to come before another.
  /// - Throws: `OutOfMemory`.
  public func sort(by precedes: (Element, Element) -> Bool) throws {
    try sortByMerging(elements, by: precedes)
  }
}
