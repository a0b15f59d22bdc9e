import Quantization

/// The header of a Netpbm image.
package struct PamHeader: Hashable, Sendable {
  package enum Format: Sendable {
    case pbm, pgm, ppm, pam
  }

  package var format: Format

  /// Whether the raster consists of decimal digits; false for PAM.
  package var isPlain: Bool

  /// Number of columns, at least 1.
  package var width: Int

  /// Number of rows, at least 1.
  package var height: Int

  /// Depth and maxval. PBM has depth 1 and maxval 1, PGM has depth 1, and PPM has depth 3.
  package var layout: TupleLayout

  /// The tuple type, which need not be UTF-8; empty if there is none.
  ///
  /// PBM, PGM and PPM have the tuple types that libnetpbm gives them: BLACKANDWHITE, GRAYSCALE and RGB.
  package var tupleTypeBytes: [UInt8]

  package init(
    format: Format, isPlain: Bool = false, width: Int, height: Int, layout: TupleLayout,
    tupleTypeBytes: [UInt8]
  ) {
    precondition(width >= 1 && height >= 1)
    self.format = format
    self.isPlain = isPlain
    self.width = width
    self.height = height
    self.layout = layout
    self.tupleTypeBytes = tupleTypeBytes
  }

  /// The tuple type as text. Reading it replaces bytes that are not UTF-8.
  package var tupleType: String {
    get { String(decoding: tupleTypeBytes, as: UTF8.self) }
    set { tupleTypeBytes = Array(newValue.utf8) }
  }

  /// Bytes of a row of raw tuples. If the header comes from `PamReader`, the product does not overflow.
  package var bytesPerRow: Int { width * layout.bytesPerTuple }

  /// Bytes of the raster as raw tuples. If the header comes from `PamReader`, the product does not overflow.
  package var rasterByteCount: Int { height * bytesPerRow }
}
