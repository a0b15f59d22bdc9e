import Memory

/// Draws items by their weights without putting them back: each draw takes an item with probability proportional
/// to its weight among those that are left.
///
/// The weights lie in a binary indexed tree (Fenwick, "A new data structure for cumulative frequency tables",
/// Software: Practice and Experience 24(3), 1994), so a draw takes O(log *n*).
package struct WeightedDraw {
  private let sums: Storage<Int>
  private let weights: Storage<Int>
  private let count: Int
  private var total = 0

  /// - Parameters:
  ///   - weights: A weight for each item, 0 or more, whose sum fits in an Int. They are left alone.
  ///   - count: Items.
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

  /// Draws an item and takes it out.
  ///
  /// - Precondition: An item of non-zero weight is left.
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
