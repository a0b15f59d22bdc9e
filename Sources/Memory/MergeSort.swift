/// Sorts elements; the sort is stable.
///
/// It merges runs (Knuth, "The Art of Computer Programming", volume 3, section 5.2.4), except those that are in order
/// already. The standard library's `sort` allocates memory without a check and stops the program if there is none.
///
/// - Parameters:
///   - list: The elements.
///   - precedes: Whether an element has to come before another.
/// - Throws: `OutOfMemory`: it needs as much memory again as the elements.
/// - Complexity: O(*n* log *n*); O(*n*) if the elements are sorted.
public func sortByMerging<Element: BitwiseCopyable>(
  _ list: UnsafeMutableBufferPointer<Element>, by precedes: (Element, Element) -> Bool
) throws {
  guard let base = list.baseAddress, list.count > 1 else { return }
  let count = list.count
  var width = 16
  for start in stride(from: 0, to: count, by: width) {
    for place in start + 1..<max(min(start + width, count), start + 1) {
      let element = base[place]
      var hole = place
      while hole > start && precedes(element, base[hole - 1]) {
        base[hole] = base[hole - 1]
        hole -= 1
      }
      base[hole] = element
    }
  }
  guard count > width else { return }
  let spare = try Storage<Element>(count: count)
  while width < count {
    for start in stride(from: 0, to: count - width, by: 2 * width) {
      let (middle, end) = (start + width, min(start + 2 * width, count))
      guard precedes(base[middle], base[middle - 1]) else { continue }
      spare.base.update(from: base + start, count: width)
      var (first, second, place) = (0, middle, start)
      while first < width && second < end {
        if precedes(base[second], spare.base[first]) {
          base[place] = base[second]
          second += 1
        } else {
          base[place] = spare.base[first]
          first += 1
        }
        place += 1
      }
      (base + place).update(from: spare.base + first, count: width - first)
    }
    width *= 2
  }
}
