import Memory

/// The transfer function from samples of a maxval to linear light, as a table.
package struct Transfer {
  let maxval: Int

  /// The light of each sample, ascending from 0 to 1.
  private let lights: Storage<Double>

  /// - Parameters:
  ///   - maxval: The largest sample, `1...65535`.
  ///   - isLinear: Whether light is proportional to the sample. Otherwise samples are sRGB.
  /// - Throws: `OutOfMemory`.
  package init(maxval: Int, isLinear: Bool) throws {
    self.maxval = maxval
    lights = try Storage(count: maxval + 1)
    for sample in 0...maxval {
      let part = Double(sample) / Double(maxval)
      lights.base[sample] = isLinear ? part : Self.light(part)
    }
  }

  /// The light of an sRGB signal, both in 0...1 (IEC 61966-2-1).
  private static func light(_ signal: Double) -> Double {
    guard signal > 0.04045 else { return signal / 12.92 }
    let base = (signal + 0.055) / 1.055
    let square = base * base
    return square * fifthRoot(square)
  }

  /// The light of a sample.
  @inline(__always)
  package func light(_ sample: UInt16) -> Double {
    lights.base[Int(sample)]
  }

  /// The sample with the nearest light; of two equally near ones, the higher. The light may be any number.
  package func sample(_ light: Double) -> UInt16 {
    let sample = (0..<maxval).partitioningIndex { lights.base[$0] + lights.base[$0 + 1] > 2 * light }
    return UInt16(truncatingIfNeeded: sample)
  }

  /// The level with the nearest light, of two the higher.
  ///
  /// - Parameters:
  ///   - light: Any number.
  ///   - levels: Samples, ascending, at least one.
  /// - Returns: One of the levels.
  func sample(_ light: Double, among levels: [UInt16]) -> UInt16 {
    let place = (0..<levels.count - 1).partitioningIndex {
      self.light(levels[$0]) + self.light(levels[$0 + 1]) > 2 * light
    }
    return levels[place]
  }
}
