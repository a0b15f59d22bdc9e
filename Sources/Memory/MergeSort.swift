/// Sorts elements; the sort is stable.
///
/// It merges runs of increasing length, unless two neighboring runs are in order already (Knuth, "The Art of Computer
/// Programming", volume 3, section 5.2.4). It throws if there is no memory; `sort` of the standard library would stop
/// the program.
///
/// - Parameters:
///   - list: The elements.
///   - precedes: Whether an element has to come before another.
/// - Throws: `OutOfMemory`. It needs as much memory again as the elements take.
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
