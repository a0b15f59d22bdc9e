import Memory
import Testing

struct StorageTests {
  @Test(arguments: [0, 1, 2, 1000, 100_000], [false, true])
  func isZeroedAndWritable(count: Int, hugePages: Bool) throws {
    let storage = try Storage<UInt32>(count: count, hugePages: hugePages)
    #expect(storage.elements.count == count)
    #expect(storage.elements.allSatisfy { $0 == 0 })
    for index in 0..<count {
      storage.elements[index] = UInt32(index)
    }
    #expect(storage.elements.enumerated().allSatisfy { $0.offset == Int($0.element) })
  }

  @Test func isZeroedWhereOtherMemoryWas() throws {
    for _ in 0..<20 {
      let storage = try Storage<UInt8>(count: 5000)
      #expect(storage.elements.allSatisfy { $0 == 0 })
      storage.elements.update(repeating: 0xff)
    }
  }

  @Test func hugePagesAreAligned() throws {
    let storage = try Storage<UInt8>(count: 5 << 20, hugePages: true)
    let address = UInt(bitPattern: storage.elements.baseAddress)
    #expect(address % (2 << 20) == 0)
    storage.elements[storage.elements.count - 1] = 1
  }

  @Test(arguments: [false, true])
  func absurdSizesThrow(hugePages: Bool) {
    #expect(throws: OutOfMemory(byteCount: .max)) {
      _ = try Storage<UInt64>(count: .max, hugePages: hugePages)
    }
    #expect(throws: OutOfMemory(byteCount: .max)) {
      _ = try Storage<UInt64>(count: 1 << 60, hugePages: hugePages)
    }
    #expect(throws: OutOfMemory(byteCount: 1 << 60)) {
      _ = try Storage<UInt8>(count: 1 << 60, hugePages: hugePages)
    }
    #expect(throws: OutOfMemory.self) {
      _ = try Storage<UInt8>(count: .max, hugePages: hugePages)
    }
    #expect(throws: OutOfMemory.self) {
      _ = try Storage<UInt8>(count: .max - 100, hugePages: hugePages)
    }
  }

  @Test func errorSaysWhatIsMissing() {
    #expect(
      OutOfMemory(byteCount: 4096).description
        == "out of memory: cannot allocate 4096 more bytes")
  }
}
