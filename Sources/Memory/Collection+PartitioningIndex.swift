extension RandomAccessCollection {
  /// The first index from which on `belongs` holds, in a collection in which it holds from some index on.
  ///
  /// The function of this name in swift-algorithms does the same; a dependency for one function would cost every build
  /// more than it saves.
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
