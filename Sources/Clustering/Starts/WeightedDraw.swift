import Memory

/// Draws items without replacement, with probability proportional to their weight.
///
/// The weights are in a binary indexed tree (Fenwick, "A new data structure for cumulative frequency tables", Software:
/// Practice and Experience 24(3), 1994), so a draw takes O(log *n*).
package struct WeightedDraw {
  private let sums: Storage<Int>
  private let weights: Storage<Int>
  private let count: Int
  private var total = 0

  /// - Parameters:
  ///   - weights: The weight of each item, 0 or more; their sum fits in an Int. The storage is not changed.
  ///   - count: Number of items, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(_ weights: Storage<Int>, count: Int) throws {
    self.weights = weights
    self.count = count
    sums = try Storage(count: count + 1)
    for item in 1...count {
      sums.elements[item] += weights.elements[item - 1]
      total += weights.elements[item - 1]
      let parent = item + item & -item
      if parent <= count {
        sums.elements[parent] += sums.elements[item]
      }
    }
  }

  /// Draws an item and removes it.
  ///
  /// - Precondition: An item with a weight above 0 is left.
  package mutating func draw(using generator: inout some RandomNumberGenerator) -> Int {
    precondition(total > 0)
    var rest = Int(generator.draw(below: UInt64(total)))
    var item = 0
    var step = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)
    while step > 0 {
      if item + step <= count && sums.elements[item + step] <= rest {
        item += step
        rest -= sums.elements[item]
      }
      step /= 2
    }
    remove(item)
    return item
  }

  private mutating func remove(_ item: Int) {
    let weight = weights.elements[item]
    total -= weight
    var place = item + 1
    while place <= count {
      sums.elements[place] -= weight
      place += place & -place
    }
  }
}
