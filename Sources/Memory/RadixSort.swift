/// Sorts 64-bit keys byte by byte, the lowest byte first. Bytes that are equal in all keys are skipped.
///
/// - Throws: `OutOfMemory`. It needs as much memory again as the keys take.
/// - Complexity: O(*n*) for each byte that is not equal in all keys.
public func sortByRadix(_ keys: UnsafeMutableBufferPointer<UInt64>) throws {
  let spare = try Storage<UInt64>(count: keys.count)
  defer { withExtendedLifetime(spare) {} }
  sortByRadix(keys, spare: spare.elements)
}

/// Sorts 64-bit keys, using `spare` as working memory, which has at least as many elements.
public func sortByRadix(_ keys: UnsafeMutableBufferPointer<UInt64>, spare: UnsafeMutableBufferPointer<UInt64>)
{
  guard keys.count > 64 else {
    var keys = keys
    keys.sort()
    return
  }
  var source = keys
  var target = UnsafeMutableBufferPointer(rebasing: spare[0..<keys.count])
  let ones = keys.reduce(0, |)
  let zeros = keys.reduce(UInt64.max, &)
  for byte in 0..<8 where (ones ^ zeros) >> UInt64(8 * byte) & 0xff != 0 {
    distribute(source, into: target, byte: byte)
    swap(&source, &target)
  }
  if source.baseAddress != keys.baseAddress {
    _ = keys.update(fromContentsOf: source)
  }
}

/// One pass of the radix sort: a stable sort by one byte.
private func distribute(
  _ source: UnsafeMutableBufferPointer<UInt64>, into target: UnsafeMutableBufferPointer<UInt64>, byte: Int
) {
  let shift = UInt64(8 * byte)
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { starts in
    starts.initialize(repeating: 0)
    for key in source {
      starts[Int(key >> shift & 0xff)] += 1
    }
    var next = 0
    for value in 0..<256 {
      let count = starts[value]
      starts[value] = next
      next += count
    }
    for key in source {
      let value = Int(key >> shift & 0xff)
      target[starts[value]] = key
      starts[value] += 1
    }
  }
}
