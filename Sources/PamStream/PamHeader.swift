import Quantization

/// What an image's header says.
package struct PamHeader: Hashable, Sendable {
  package enum Format: Sendable {
    case pbm, pgm, ppm, pam
  }

  package var format: Format

  /// Whether the raster is written in decimal digits. Never so for PAM.
  package var isPlain: Bool

  /// Columns, 1 or more.
  package var width: Int

  /// Rows, 1 or more.
  package var height: Int

  /// Planes and maxval; depth and maxval are 1 for PBM, and the depth is 1 for PGM and 3 for PPM.
  package var layout: TupleLayout

  /// The tuple type, which need not be UTF-8; empty for none. For PBM, PGM and PPM what libnetpbm calls them:
  /// BLACKANDWHITE, GRAYSCALE, RGB.
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

  /// The tuple type as text; bytes that are not UTF-8 are lost.
  package var tupleType: String {
    get { String(decoding: tupleTypeBytes, as: UTF8.self) }
    set { tupleTypeBytes = Array(newValue.utf8) }
  }

  /// Bytes of a row of raw tuples. Cannot overflow in a header from `PamReader`.
  package var bytesPerRow: Int { width * layout.bytesPerTuple }

  /// Bytes of the whole raster as raw tuples. Cannot overflow in a header from `PamReader`.
  package var rasterByteCount: Int { height * bytesPerRow }
}
