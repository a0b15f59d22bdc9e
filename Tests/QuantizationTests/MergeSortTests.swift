import Clustering
import Memory
import Testing

struct MergeSortTests {
  private struct Item: BitwiseCopyable, Equatable {
    var key: Int
    var number: Int
  }

  /// The library's sort promises no order of equals; their numbers make it one.
  private func expectSorted(_ keys: [Int]) throws {
    var items = keys.enumerated().map { Item(key: $1, number: $0) }
    let expected = items.sorted { $0.key != $1.key ? $0.key < $1.key : $0.number < $1.number }
    try items.withUnsafeMutableBufferPointer { try sortByMerging($0) { $0.key < $1.key } }
    #expect(items == expected)
  }

  @Test(arguments: Array(0...70) + [127, 128, 129, 1000, 4097])
  func equalsKeepTheirOrder(count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    for keyCount in [1, 2, 10, 1 << 40] {
      let keys = (0..<count).map { _ in Int(generator.draw(below: UInt64(keyCount))) }
      try expectSorted(keys)
      try expectSorted(keys.sorted())
      try expectSorted(keys.sorted(by: >))
    }
  }

  @Test func listsSortAndSelect() throws {
    var list = try GrowingStorage<Int>()
    for number in [5, 3, 9, 3] { try list.append(number) }
    try list.sort(by: <)
    #expect(Array(list) == [3, 3, 5, 9])
    #expect(Array(try GrowingStorage(2..<9) { $0 % 3 == 0 }) == [3, 6])
    #expect(try GrowingStorage(4..<4).isEmpty)
  }
}
