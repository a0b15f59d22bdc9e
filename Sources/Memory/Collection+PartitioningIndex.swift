extension RandomAccessCollection {
  /// Finds the first index whose element satisfies `belongs`, by binary search.
  ///
  /// It is that of swift-algorithms, without the dependency.
  ///
  /// - Parameter belongs: A condition that all elements after the first that satisfies it have to satisfy too.
  /// - Returns: The index; `endIndex` if no element satisfies the condition.
  /// - Complexity: O(log *n*)
  public func partitioningIndex(where belongs: (Element) -> Bool) -> Index {
    var low = startIndex
    var length = count
    while length > 0 {
      let half = length / 2
      let middle = index(low, offsetBy: half)
      if belongs(self[middle]) {
        length = half
      } else {
        low = index(after: middle)
        length -= half + 1
      }
    }
    return low
  }
}
