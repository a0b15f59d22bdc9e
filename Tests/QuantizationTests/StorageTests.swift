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

  @Test func reusedMemoryIsZeroed() throws {
    for count in [100_000, 99_000, 110_000, 60_000, 100_000, 5_000_000, 20_000_000, 4_900_000, 1] {
      let storage = try Storage<UInt16>(count: count, reuse: true)
      #expect(storage.elements.count == count)
      #expect(storage.elements.allSatisfy { $0 == 0 })
      // Vectors are read beyond the last element.
      let padding = UnsafeMutableRawBufferPointer(start: storage.base + count, count: 64)
      #expect(padding.allSatisfy { $0 == 0 })
      storage.elements.update(repeating: 0xffff)
      for byte in padding.indices { padding[byte] = 0xff }
    }
  }

  @Test func memoryIsUsedAgain() throws {
    func address(reuse: Bool) throws -> (UInt, Storage<UInt8>) {
      let storage = try Storage<UInt8>(count: 7_654_321, reuse: reuse)
      return (UInt(bitPattern: storage.elements.baseAddress), storage)
    }
    // Other tests may take the block in between, but not each time.
    let isUsedAgain = try (0..<100).contains { _ in
      let first = try address(reuse: true).0
      // If the memory had been returned to the system, this storage would get it.
      let (other, storage) = try address(reuse: false)
      let second = try address(reuse: true).0
      return withExtendedLifetime(storage) { first == second && first != other }
    }
    #expect(isUsedAgain)
  }

  @Test func memoryInUseIsNotShared() throws {
    for _ in 0..<3 {
      _ = try (0..<20).map { _ in try Storage<UInt8>(count: 300_000, reuse: true) }
    }
    let stored = try (0..<40).map { _ in try Storage<UInt8>(count: 300_000, reuse: true) }
    for (number, storage) in stored.enumerated() {
      storage.elements.update(repeating: UInt8(number))
    }
    for (number, storage) in stored.enumerated() {
      #expect(storage.elements.allSatisfy { $0 == UInt8(number) })
    }
  }

  @Test func threadsReuseMemory() async {
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { round in
            guard let storage = try? Storage<Int>(count: 10_000 + 500 * (round % 7), reuse: true) else {
              return false
            }
            let isZeroed = storage.elements.allSatisfy { $0 == 0 }
            storage.elements.update(repeating: task)
            return isZeroed && storage.elements.allSatisfy { $0 == task }
          }
        }
      }
      for await isGood in group { #expect(isGood) }
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
      _ = try Storage<UInt8>(count: .max - 100, hugePages: hugePages, reuse: true)
    }
  }

  @Test func errorSaysWhatIsMissing() {
    #expect(
      OutOfMemory(byteCount: 4096).description
        == "out of memory: cannot allocate 4096 more bytes")
  }
}
