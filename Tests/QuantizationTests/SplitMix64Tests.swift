import Clustering
import Testing

struct SplitMix64Tests {
  /// Vectors of the reference implementation in C, recomputed with integers of any size.
  @Test func agreesWithTheReference() {
    #expect(
      numbers(SplitMix64(seed: 1_234_567), 5) == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
    #expect(
      numbers(SplitMix64(seed: 0), 3) == [
        16_294_208_416_658_607_535, 7_960_286_522_194_355_700, 487_617_019_471_545_679,
      ])
    #expect(
      numbers(SplitMix64(seed: .max), 2) == [16_490_336_266_968_443_936, 16_834_447_057_089_888_969])
  }

  private func numbers(_ generator: SplitMix64, _ count: Int) -> [UInt64] {
    var generator = generator
    return (0..<count).map { _ in generator.next() }
  }

  @Test func seedsOfRunsComeFromAGenerator() {
    let seeds = numbers(SplitMix64(seed: 42), 4)
    for (run, seed) in seeds.enumerated() {
      #expect(numbers(SplitMix64(seed: 42, run: run), 3) == numbers(SplitMix64(seed: seed), 3))
    }
    #expect(numbers(SplitMix64(seed: 42, run: 0), 1) == [6_332_618_229_526_065_668])
    #expect(numbers(SplitMix64(seed: 42, run: 3), 1) == [3_676_294_358_273_406_211])
  }

  @Test func runsAndSeedsDiffer() {
    var first = Set<UInt64>()
    for seed in UInt64(0)..<20 {
      for run in 0..<20 {
        first.insert(numbers(SplitMix64(seed: seed, run: run), 1)[0])
      }
    }
    #expect(first.count == 400)
  }

  @Test(arguments: [1, 2, 3, 7, 10, 100, 256])
  func drawIsUniform(bound: Int) {
    var generator = SplitMix64(seed: UInt64(bound))
    let drawCount = 100 * bound
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<drawCount {
      let number = generator.draw(below: UInt64(bound))
      guard number < bound else {
        Issue.record("\(number) is not below \(bound)")
        return
      }
      counts[Int(number)] += 1
    }
    // The mean of chi square is bound - 1, its variance twice that.
    let square = counts.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
    #expect(square <= Double(bound - 1) + 5 * (2 * Double(bound)).squareRoot())
  }

  /// Without the rejection every third number would come twice as often as the others.
  @Test func drawIsUniformWhereTheRangeDoesNotDivide() {
    var generator = SplitMix64(seed: 5)
    let bound: UInt64 = 3 << 62
    var counts = [0, 0, 0]
    for _ in 0..<3000 {
      let number = generator.draw(below: bound)
      #expect(number < bound)
      counts[Int(number % 3)] += 1
    }
    #expect(counts.allSatisfy { (900...1100).contains($0) })
  }

  @Test func drawTakesTheHighPartOfTheProduct() {
    var generator = SplitMix64(seed: 1_234_567)
    let expected = numbers(SplitMix64(seed: 1_234_567), 5).map { $0.multipliedFullWidth(by: 1000).high }
    #expect((0..<5).map { _ in generator.draw(below: 1000) } == expected)
  }

  @Test func fractionsAreBelowOneAndUniform() {
    var generator = SplitMix64(seed: 6)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<5000 {
      let fraction = generator.drawFraction()
      guard fraction >= 0 && fraction < 1 else {
        Issue.record("\(fraction) is not in 0..<1")
        return
      }
      counts[Int(10 * fraction)] += 1
    }
    #expect(counts.allSatisfy { (400...600).contains($0) })
  }

  /// A generator that always gives the same number.
  private struct Constant: RandomNumberGenerator {
    let number: UInt64
    mutating func next() -> UInt64 { number }
  }

  @Test func largestFractionIsBelowOne() {
    var largest = Constant(number: .max)
    #expect(largest.drawFraction() == 1 - 0x1p-53)
    var smallest = Constant(number: 2047)
    #expect(smallest.drawFraction() == 0)
  }
}
