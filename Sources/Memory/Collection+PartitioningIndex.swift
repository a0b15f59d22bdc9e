extension RandomAccessCollection {
  /// Finds the first index for which `belongs` is true, by binary search. From that index on, it has to be true.
  ///
  /// The function of the same name in swift-algorithms does the same. A dependency for one function would cost every
  /// build more than it saves.
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
