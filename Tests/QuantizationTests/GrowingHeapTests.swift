import Clustering
import Memory
import Testing

struct GrowingHeapTests {
  @Test func givesTheLargestFirst() throws {
    var generator = SplitMix64(seed: 3)
    for count in 0..<40 {
      let values = (0..<count).map { _ in Int(generator.draw(below: 30)) }
      var heap = try GrowingHeap<Int>()
      for (index, value) in values.enumerated() {
        try heap.insert(value)
        #expect(heap.count == index + 1)
        #expect(heap.elements.sorted() == values[...index].sorted())
      }
      let removed = (0..<count).map { _ in heap.removeLargest() }
      #expect(removed == values.sorted(by: >))
      #expect(heap.count == 0)
    }
  }

  @Test func insertionsAndRemovalsMayAlternate() throws {
    var generator = SplitMix64(seed: 4)
    var heap = try GrowingHeap<Int>()
    var plain = [Int]()
    for _ in 0..<500 {
      if plain.isEmpty || generator.draw(below: 5) < 3 {
        let value = Int(generator.draw(below: 100))
        try heap.insert(value)
        plain.append(value)
        plain.sort()
      } else {
        #expect(heap.removeLargest() == plain.removeLast())
      }
      #expect(heap.count == plain.count)
    }
  }
}
