import Memory

/// A list of places of a lattice (see `Lattice`).
package final class Places {
  /// Number of places.
  package let count: Int

  /// Number of integers in a place, at least 1.
  package let width: Int

  private let numbers: Storage<UInt16>

  /// Reserves `count` places with all integers 0.
  ///
  /// - Throws: `OutOfMemory`.
  package init(count: Int, width: Int) throws {
    self.count = count
    self.width = width
    numbers = try Storage(count: count * width)
  }

  /// The integers of a place.
  @inline(__always)
  package func place(_ number: Int) -> UnsafeMutablePointer<UInt16> { numbers.base + number * width }

  /// Copies a place from another list of the same width.
  func copy(_ number: Int, of other: Places, to target: Int) {
    place(target).update(from: other.place(number), count: width)
  }

  /// The places with the given numbers, in the given order.
  ///
  /// - Throws: `OutOfMemory`.
  package func selecting(_ numbers: GrowingStorage<Int>) throws -> Places {
    let selected = try Places(count: numbers.count, width: width)
    for (target, number) in numbers.enumerated() {
      selected.copy(number, of: self, to: target)
    }
    return selected
  }

  /// These places, then others of the same width.
  ///
  /// - Throws: `OutOfMemory`.
  func appending(_ others: Places) throws -> Places {
    let all = try Places(count: count + others.count, width: width)
    all.place(0).update(from: place(0), count: count * width)
    all.place(count).update(from: others.place(0), count: others.count * width)
    return all
  }

  /// Whether a place precedes another in lexicographic order.
  package func precedes(_ first: Int, _ second: Int) -> Bool {
    let (first, second) = (place(first), place(second))
    for index in 0..<width where first[index] != second[index] {
      return first[index] < second[index]
    }
    return false
  }
}
