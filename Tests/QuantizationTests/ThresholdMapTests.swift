import Clustering
import Foundation
import Quantization
import Testing

struct ThresholdMapTests {
  @Test func bayerIsThePublishedMatrix() {
    let first: [UInt16] = [0, 32, 8, 40, 2, 34, 10, 42]
    let last: [UInt16] = [63, 31, 55, 23, 61, 29, 53, 21]
    #expect(Array(ThresholdMap.bayer8.ranks.prefix(8)) == first)
    #expect(Array(ThresholdMap.bayer8.ranks.suffix(8)) == last)
  }

  @Test func eachRankIsThereOnce() {
    for map in [ThresholdMap.bayer8, .blueNoise] {
      #expect(map.ranks.map(Int.init).sorted() == Array(0..<map.side * map.side))
    }
  }

  /// The energy of the lowest frequencies, summed, by the plain transform.
  private func lowEnergy(_ ranks: [UInt16], side: Int) -> Double {
    var energy = 0.0
    for (down, along) in [(0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (2, 1), (1, 2), (3, 0), (0, 3)] {
      var (real, imaginary) = (0.0, 0.0)
      for (index, rank) in ranks.enumerated() {
        let turn = Double(index / side * down + index % side * along) / Double(side)
        real += Double(rank) * cos(2 * .pi * turn)
        imaginary += Double(rank) * sin(2 * .pi * turn)
      }
      energy += real * real + imaginary * imaginary
    }
    return energy
  }

  @Test func blueNoiseHasNoLowFrequencies() {
    var generator = SplitMix64(seed: 7)
    let map = ThresholdMap.blueNoise
    let white = (0..<8).map { _ in lowEnergy(map.ranks.shuffled(using: &generator), side: map.side) }
    #expect(lowEnergy(map.ranks, side: map.side) < white.reduce(0, +) / 8 / 100)
  }

  /// In each box of 8 x 8 there are as many of the lowest ranks as its part of them, and a few more or fewer.
  @Test(arguments: [512, 1024, 2048, 3072])
  func blueNoiseIsEven(rankCount: Int) {
    var counts = [Int](repeating: 0, count: 64)
    for (index, rank) in ThresholdMap.blueNoise.ranks.enumerated() where rank < rankCount {
      counts[index / 64 / 8 * 8 + index % 64 / 8] += 1
    }
    #expect(counts.allSatisfy { abs($0 - rankCount / 64) <= 4 }, "\(counts)")
  }
}
