import Memory
import Quantization

/// A raster as a color image: gray tuples count as three equal planes.
package struct ColorRaster {
  /// The header of the color image.
  package let header: PamHeader

  private let raster: Raster

  /// - Parameters:
  ///   - raster: A gray raster, or one that stays as it is.
  ///   - isWidened: Whether it is gray and becomes color.
  package init(_ raster: Raster, isWidened: Bool) {
    self.raster = raster
    header = isWidened ? raster.header.widened : raster.header
  }

  /// The same raster, which is gray, as a color image.
  package var widened: ColorRaster { ColorRaster(raster, isWidened: true) }

  /// Calls `body` with successive runs of whole rows of raw tuples, top to bottom.
  ///
  /// - Throws: What `Raster.replay` throws.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard header.layout != raster.header.layout else { return try raster.replay(body) }
    try raster.replay { try Self.widen($0, raster.header.layout, body) }
  }

  /// Repeats the first sample of gray tuples.
  ///
  /// - Parameters:
  ///   - tuples: Raw tuples of one plane and perhaps opacity.
  ///   - layout: Their layout.
  ///   - body: Gets the color tuples.
  /// - Throws: `OutOfMemory`, what `body` throws.
  package static func widen(
    _ tuples: UnsafeRawBufferPointer, _ layout: TupleLayout, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let (size, sampleSize) = (layout.bytesPerTuple, layout.bytesPerSample)
    let count = tuples.count / size
    let wide = try Storage<UInt8>(count: count * (size + 2 * sampleSize))
    var target = wide.base
    for start in stride(from: 0, to: count * size, by: size) {
      for _ in 0..<2 {
        for byte in 0..<sampleSize {
          target[byte] = tuples[start + byte]
        }
        target += sampleSize
      }
      for byte in 0..<size {
        target[byte] = tuples[start + byte]
      }
      target += size
    }
    try withExtendedLifetime(wide) { try body(UnsafeRawBufferPointer(wide.elements)) }
  }
}

extension PamHeader {
  /// The header of a gray image as a color image.
  package var widened: PamHeader {
    var header = self
    if format != .pam { header.format = .ppm }
    header.layout = TupleLayout(depth: layout.depth + 2, maxval: layout.maxval)
    header.tupleType = tupleKind.hasOpacity ? "RGB_ALPHA" : "RGB"
    return header
  }

  /// Whether this is gray and another image is color, with the same maxval and both with or without opacity.
  package func isGray(besideColor other: PamHeader) -> Bool {
    tupleKind.color == .gray && other.tupleKind.color == .rgb
      && tupleKind.hasOpacity == other.tupleKind.hasOpacity
      && layout.maxval == other.layout.maxval
  }
}
