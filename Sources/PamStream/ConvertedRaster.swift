import Quantization

/// A raster whose tuples are converted on every walk.
package struct ConvertedRaster {
  /// The header of the converted image.
  package let header: PamHeader

  private let raster: Raster
  private let conversion: TupleConversion

  /// - Parameters:
  ///   - raster: The raster as read.
  ///   - conversion: The conversion of its tuples.
  package init(_ raster: Raster, _ conversion: TupleConversion) {
    self.raster = raster
    self.conversion = conversion
    header = conversion.isWidened ? raster.header.widened : raster.header
  }

  /// Converts this raster, which has to be gray, also to color.
  package var widened: ConvertedRaster {
    var conversion = conversion
    conversion.isWidened = true
    return ConvertedRaster(raster, conversion)
  }

  /// Calls `body` with successive runs of whole rows of raw tuples, top to bottom.
  ///
  /// - Throws: Any error of `Raster.replay`.
  package func replay(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try raster.replay { try conversion.convert($0, body) }
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
