import Clustering
import Foundation
import Quantization
import Testing

struct ColorCountSearchTests {
  /// Searches among errors, that of one color first, and checks what `next` and `result` promise.
  private func search(
    _ errors: [Double], limit: Double, knowsTop: Bool = false
  ) throws -> (result: Int, tries: [Int]) {
    var search = ColorCountSearch(limit: limit, ceiling: errors.count)
    var tries = [Int]()
    if knowsTop {
      search.note(errors.count, meanSquaredError: errors[errors.count - 1])
      tries.append(errors.count)
    }
    while let count = search.next {
      try #require((1...errors.count).contains(count) && !tries.contains(count))
      tries.append(count)
      search.note(count, meanSquaredError: errors[count - 1])
    }
    let result = search.result
    // What decides was tried, not guessed.
    #expect(tries.contains(result))
    if errors[result - 1] <= limit {
      #expect(result == 1 || errors[result - 2] > limit && tries.contains(result - 1))
    } else {
      #expect(result == errors.count)
    }
    return (result, tries)
  }

  @Test(arguments: [0.3, 0.7, 1, 1.5, 3])
  func findsTheOnlyPlaceOnAPowerLaw(exponent: Double) throws {
    let errors = (1...256).map { 5000 * pow(Double($0), -exponent) }
    for wanted in 1...256 {
      let (result, tries) = try search(errors, limit: errors[wanted - 1] * 1.0000001)
      #expect(result == wanted)
      #expect(tries.count <= 9, "\(wanted): \(tries)")
    }
  }

  @Test func findsAPlaceAmongNoise() throws {
    var generator = SplitMix64(seed: 1)
    var most = 0
    for _ in 0..<2000 {
      let exponent = 0.2 + Double(generator.draw(below: 200)) / 100
      let spread = Double(generator.draw(below: 30)) / 100
      let count = 1 + Int(generator.draw(below: 256))
      let errors = (1...count).map {
        pow(Double($0), -exponent) * (1 + spread * Double(generator.draw(below: 1000)) / 1000)
      }
      let limit = pow(Double(1 + generator.draw(below: 300)), -exponent)
      most = max(most, try search(errors, limit: limit).tries.count)
    }
    #expect(most <= 16)
  }

  /// Errors that do not look like a power of the number at all.
  @Test func staysFewOnSteps() throws {
    for step in [2, 3, 17, 100, 255, 256, 5000, 9999, 10000] {
      let errors = (1...10000).map { $0 < step ? 1000.0 : $0 == 10000 ? 0 : 999 }
      for limit in [999.5, 0] {
        for knowsTop in [true, false] {
          let (result, tries) = try search(errors, limit: limit, knowsTop: knowsTop)
          #expect(result == (limit == 0 ? 10000 : step))
          #expect(tries.count <= 30)
        }
      }
    }
  }

  @Test func ceilingThatIsTooLowIsTheResult() throws {
    let errors = (1...20).map { 1000 / Double($0) }
    #expect(try search(errors, limit: 1).result == 20)
    #expect(try search([5], limit: 1).tries == [1])
    #expect(try search([0], limit: 0, knowsTop: true).tries == [1])
  }
}
