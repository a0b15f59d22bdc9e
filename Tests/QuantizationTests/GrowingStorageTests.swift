import Memory
import Testing

struct GrowingStorageTests {
  @Test func keepsWhatWasAppended() throws {
    var list = try GrowingStorage<UInt16>()
    #expect(list.elements.isEmpty)
    for value in 0..<UInt16(5000) {
      try list.append(value)
      #expect(list.count == Int(value) + 1)
      #expect(list.elements[Int(value)] == value)
    }
    #expect(Array(list.elements) == Array(0..<5000))
  }

  @Test func reserveMakesRoomBehindTheEnd() throws {
    var list = try GrowingStorage<Int>()
    try list.append(7)
    try list.reserve(100)
    #expect(list.count == 1)
    let end = try #require(list.end)
    for index in 0..<100 {
      end[index] = index
    }
    list.count += 100
    #expect(Array(list.elements) == [7] + Array(0..<100))
    try list.reserve(0)
    #expect(Array(list.elements) == [7] + Array(0..<100))
  }

  @Test func tooMuchThrowsAndLeavesTheListAlone() throws {
    var list = try GrowingStorage<Int>()
    try list.append(1)
    #expect(throws: OutOfMemory.self) { try list.reserve(1 << 60) }
    #expect(Array(list.elements) == [1])
    try list.append(2)
    #expect(Array(list.elements) == [1, 2])
  }
}
