import Memory
import Quantization

/// A raster of color tuples, read from a color image or converted from a gray image.
package struct ColorRaster {
  /// The header of the image in color.
  package let header: PamHeader

  private let raster: Raster

  /// - Parameters:
  ///   - raster: The raster of a gray or color image.
  ///   - isWidened: Whether the raster is gray and has to be converted to color.
  package init(_ raster: Raster, isWidened: Bool) {
    self.raster = raster
    header = isWidened ? raster.header.widened : raster.header
  }

  /// Converts this raster, which has to be gray, to color.
  package var widened: ColorRaster { ColorRaster(raster, isWidened: true) }

  /// Calls `body` with successive runs of whole rows of raw tuples, top to bottom.
  ///
  /// - Throws: Any error of `Raster.replay`.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard header.layout != raster.header.layout else { return try raster.replay(body) }
    try raster.replay { try Self.widen($0, raster.header.layout, body) }
  }

  /// Converts gray tuples to color tuples by repeating the first sample.
  ///
  /// - Parameters:
  ///   - tuples: Raw tuples of one plane, with or without opacity.
  ///   - layout: The layout of the gray tuples.
  ///   - body: Called with the color tuples.
  /// - Throws: `OutOfMemory`, any error of `body`.
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
  /// The header of this gray image after its conversion to color.
  package var widened: PamHeader {
    var header = self
    if format != .pam { header.format = .ppm }
    header.layout = TupleLayout(depth: layout.depth + 2, maxval: layout.maxval)
    header.tupleType = tupleKind.hasOpacity ? "RGB_ALPHA" : "RGB"
    return header
  }

  /// Whether this image is gray, the other image is color, and both agree in maxval and in whether they have opacity.
  package func isGray(besideColor other: PamHeader) -> Bool {
    tupleKind.color == .gray && other.tupleKind.color == .rgb
      && tupleKind.hasOpacity == other.tupleKind.hasOpacity
      && layout.maxval == other.layout.maxval
  }
}
