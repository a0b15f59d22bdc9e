/// A hash table from ordered pairs of numbers to numbers. It throws if there is no memory; a dictionary would stop the
/// program.
public struct PairTable {
  private struct Entry: BitwiseCopyable {
    var first: UInt32
    var second: UInt32
    /// The value plus 1; 0 if the entry is free.
    var mark: Int
  }

  /// The entries. Their number is a power of two, and at least a quarter of them are free.
  private var entries: Storage<Entry>

  /// Number of pairs in the table.
  public private(set) var count = 0

  /// Makes an empty table.
  ///
  /// - Throws: `OutOfMemory`.
  public init() throws {
    entries = try Storage(count: 64)
  }

  /// The value of a pair; nil if it is not in the table.
  public subscript(first: Int, second: Int) -> Int? {
    let mark = entries.base[place(UInt32(first), UInt32(second))].mark
    return mark == 0 ? nil : mark - 1
  }

  /// Sets the value of a pair.
  ///
  /// - Parameters:
  ///   - value: 0 or more.
  ///   - first: The first number of the pair, below 2^32.
  ///   - second: The second number, below 2^32.
  /// - Throws: `OutOfMemory`.
  public mutating func set(_ value: Int, for first: Int, _ second: Int) throws {
    if 4 * (count + 1) > 3 * entries.elements.count { try grow() }
    let entry = Entry(first: UInt32(first), second: UInt32(second), mark: value + 1)
    let place = place(entry.first, entry.second)
    if entries.base[place].mark == 0 { count += 1 }
    entries.base[place] = entry
  }

  private mutating func grow() throws {
    let old = entries
    entries = try Storage(count: 2 * old.elements.count)
    for entry in old.elements where entry.mark != 0 {
      entries.base[place(entry.first, entry.second)] = entry
    }
  }

  /// The index of a pair's entry, or of the free entry for it.
  private func place(_ first: UInt32, _ second: UInt32) -> Int {
    let mask = entries.elements.count - 1
    // Multiplicative hashing by the golden ratio: Knuth, "The Art of Computer Programming", volume 3, section 6.4.
    let product = (UInt64(first) << 32 | UInt64(second)) &* 0x9E37_79B9_7F4A_7C15
    var place = Int(truncatingIfNeeded: product >> 32) & mask
    while true {
      let entry = entries.base[place]
      if entry.mark == 0 || entry.first == first && entry.second == second { return place }
      place = (place + 1) & mask
    }
  }
}
