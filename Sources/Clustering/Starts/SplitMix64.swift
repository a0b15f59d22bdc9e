/// A small random number generator whose numbers are the same on every machine.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 16.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// Makes the generator of run number `run`, from 0.
  ///
  /// Its seed is number `run` of the sequence that a generator with the seed `seed` draws. So the sequences of
  /// different runs are unrelated.
  package init(seed: UInt64, run: Int) {
    var seeds = SplitMix64(seed: seed)
    var drawn = seeds.next()
    for _ in 0..<run {
      drawn = seeds.next()
    }
    state = drawn
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}

extension RandomNumberGenerator {
  /// Draws a number from `0..<bound`, with equal probabilities.
  ///
  /// The standard library does not promise to draw the same numbers in every version, so the method is implemented
  /// here: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
  package mutating func draw(below bound: UInt64) -> UInt64 {
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let unfair = (0 &- bound) % bound
      while product.low < unfair {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }

  /// Draws a number from 0..<1, a multiple of 2^-53.
  package mutating func drawFraction() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
