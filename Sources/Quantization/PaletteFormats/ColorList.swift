import Memory

/// The colors of a palette file, in the order of the file.
package struct ColorList {
  /// A color of 16-bit samples: 65535 is full intensity, or opaque.
  struct Color: Equatable {
    var red: UInt16
    var green: UInt16
    var blue: UInt16
    var opacity = UInt16.max
  }

  /// Raw RGB tuples, or RGB and opacity if some color is not opaque.
  package let tuples: GrowingStorage<UInt8>

  /// 3 or 4 planes. The maxval is 255 if that holds all samples exactly, else 65535.
  package let layout: TupleLayout

  /// Makes the list.
  ///
  /// - Parameter colors: The colors, at least one.
  /// - Throws: `PaletteMistake.empty`, `OutOfMemory`.
  init(_ colors: GrowingStorage<Color>) throws {
    guard !colors.isEmpty else { throw PaletteMistake.empty }
    let isOpaque = colors.allSatisfy { $0.opacity == .max }
    // A sample s of maxval 255 equals the sample 257 s of maxval 65535.
    let fitsBytes = colors.allSatisfy { color in
      [color.red, color.green, color.blue, color.opacity].allSatisfy { $0 % 257 == 0 }
    }
    layout = TupleLayout(depth: isOpaque ? 3 : 4, maxval: fitsBytes ? 255 : 65535)
    var tuples = try GrowingStorage<UInt8>()
    try tuples.reserve(colors.count * layout.bytesPerTuple)
    for color in colors {
      for sample in [color.red, color.green, color.blue, color.opacity].prefix(layout.depth) {
        try tuples.append(UInt8(truncatingIfNeeded: sample >> 8))
        if !fitsBytes { try tuples.append(UInt8(truncatingIfNeeded: sample)) }
      }
    }
    self.tuples = tuples
  }
}

extension ColorList.Color {
  /// A color of 8-bit samples.
  init(bytes: SIMD4<UInt8>) {
    self.init(
      red: 257 * UInt16(bytes.x), green: 257 * UInt16(bytes.y), blue: 257 * UInt16(bytes.z),
      opacity: 257 * UInt16(bytes.w))
  }
}
