import Memory
import Quantization

/// Changes tuples right after they have been read: gray to color, or translucent to opaque or transparent.
package struct TupleConversion {
  /// The layout of the tuples that are read.
  private let source: TupleLayout

  /// Whether the tuples are gray and the first sample is repeated, so that they become RGB.
  package var isWidened: Bool

  /// Whether opacity, the last plane, becomes 0 where it is less than half of maxval, otherwise maxval.
  package let isOpacityBinary: Bool

  /// - Parameters:
  ///   - source: The layout of the tuples that are read.
  ///   - isWidened: Whether gray becomes RGB.
  ///   - isOpacityBinary: Whether opacity, which has to be the last plane, becomes 0 or maxval.
  package init(_ source: TupleLayout, isWidened: Bool, isOpacityBinary: Bool) {
    self.source = source
    self.isWidened = isWidened
    self.isOpacityBinary = isOpacityBinary
  }

  /// Converts tuples.
  ///
  /// - Parameters:
  ///   - tuples: Whole raw tuples.
  ///   - body: Called with the converted tuples, which are valid during the call.
  /// - Throws: `OutOfMemory`, any error of `body`.
  package func convert(
    _ tuples: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard isWidened || isOpacityBinary else { return try body(tuples) }
    let (size, sampleSize) = (source.bytesPerTuple, source.bytesPerSample)
    let copies = isWidened ? 2 : 0
    let count = tuples.count / size
    let converted = try Storage<UInt8>(count: count * (size + copies * sampleSize))
    var target = converted.base
    for start in stride(from: 0, to: count * size, by: size) {
      for _ in 0..<copies {
        for byte in 0..<sampleSize {
          target[byte] = tuples[start + byte]
        }
        target += sampleSize
      }
      for byte in 0..<size {
        target[byte] = tuples[start + byte]
      }
      target += size
      if isOpacityBinary { makeBinary(target - sampleSize) }
    }
    try withExtendedLifetime(converted) { try body(UnsafeRawBufferPointer(converted.elements)) }
  }

  /// Makes an opacity 0 or maxval.
  private func makeBinary(_ sample: UnsafeMutablePointer<UInt8>) {
    if source.bytesPerSample == 1 {
      sample[0] = UInt8(truncatingIfNeeded: source.binaryOpacity(Int(sample[0])))
    } else {
      let opacity = source.binaryOpacity(Int(sample[0]) << 8 | Int(sample[1]))
      sample[0] = UInt8(truncatingIfNeeded: opacity >> 8)
      sample[1] = UInt8(truncatingIfNeeded: opacity)
    }
  }
}
