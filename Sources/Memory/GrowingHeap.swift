/// A binary heap with the largest element first.
///
/// It throws if there is no memory. Heaps that use arrays, such as that of swift-collections, would stop the program.
///
/// Williams, "Algorithm 232: Heapsort", Communications of the ACM 7(6), 1964.
public struct GrowingHeap<Element: BitwiseCopyable & Comparable> {
  private var list: GrowingStorage<Element>

  public init() throws {
    list = try GrowingStorage()
  }

  public var count: Int { list.count }

  /// The elements, in the order of the heap.
  public var elements: UnsafeMutableBufferPointer<Element> { list.elements }

  /// Inserts an element.
  ///
  /// - Throws: `OutOfMemory`.
  /// - Complexity: O(log *n*)
  public mutating func insert(_ element: Element) throws {
    try list.append(element)
    let elements = list.elements
    var place = list.count - 1
    while place > 0 && elements[(place - 1) / 2] < elements[place] {
      elements.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Removes the largest element and returns it.
  ///
  /// - Precondition: The heap is not empty.
  /// - Complexity: O(log *n*)
  public mutating func removeLargest() -> Element {
    precondition(list.count > 0)
    let elements = list.elements
    let largest = elements[0]
    list.count -= 1
    elements[0] = elements[list.count]
    var place = 0
    while 2 * place + 1 < list.count {
      var child = 2 * place + 1
      if child + 1 < list.count && elements[child] < elements[child + 1] {
        child += 1
      }
      guard elements[place] < elements[child] else { break }
      elements.swapAt(place, child)
      place = child
    }
    return largest
  }
}
