import Clustering
import Memory
import Testing

struct RadixSortTests {
  private func sorted(_ keys: [UInt64]) throws -> [UInt64] {
    var keys = keys
    try keys.withUnsafeMutableBufferPointer { try sortByRadix($0) }
    return keys
  }

  @Test(arguments: [0, 1, 2, 63, 64, 65, 66, 1000])
  func agreesWithTheLibrary(count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    let keys = (0..<count).map { _ in generator.next() }
    // Bytes in which all keys agree are left out: with no byte, one byte, an odd and an even number of them left.
    let masks: [UInt64] = [
      .max, 0, 0xff, 0xff << 56, 0xff00_0000_00ff, 0x00ff_00ff_00ff, 0xf00f_0000_0ff0_0000, 0x101,
    ]
    for mask in masks {
      for constant in [0, ~mask & 0x1234_5678_9abc_def0] {
        let masked = keys.map { $0 & mask | constant }
        #expect(firstDifference(try sorted(masked), masked.sorted()) == nil)
      }
    }
  }

  @Test func sortedAndReversedKeys() throws {
    let keys = (0..<500).map { UInt64($0) << 20 }
    #expect(firstDifference(try sorted(keys), keys) == nil)
    #expect(firstDifference(try sorted(keys.reversed()), keys) == nil)
  }
}
