/// A common file format other than Netpbm, and a program that converts it to Netpbm.
struct ForeignFormat {
  /// The name of the format with its article, for messages.
  let name: String

  /// The command that converts standard input to standard output. It is quoted if it has several words.
  let converter: String

  /// Recognizes a format by the first bytes of a file; nil if the format is unknown.
  ///
  /// - Parameter start: The first `signatureByteCount` bytes of the file, or all bytes of a shorter file.
  init?(startingWith start: some Sequence<UInt8>) {
    let start = Array(start.prefix(Self.signatureByteCount))
    for (offset, signature, name, converter) in Self.signatures
    where start.dropFirst(offset).starts(with: signature.unicodeScalars.map { UInt8($0.value) }) {
      self.name = name
      self.converter = converter
      return
    }
    return nil
  }

  /// Number of bytes that are enough to recognize every format.
  static let signatureByteCount = 16

  /// The offset of each signature, its bytes as Latin-1, the name of the format and the converter.
  ///
  /// Sources: the formats' specifications as collected by file(1).
  private static let signatures: [(offset: Int, bytes: String, name: String, converter: String)] = [
    (0, "\u{89}PNG", "a PNG", "pngtopam"),
    (0, "\u{ff}\u{d8}\u{ff}", "a JPEG", "jpegtopnm"),
    (0, "GIF8", "a GIF", "giftopnm"),
    (0, "II*\0", "a TIFF", "tifftopnm"),
    (0, "MM\0*", "a TIFF", "tifftopnm"),
    (8, "WEBP", "a WebP", "'dwebp -ppm -o - -- -'"),
    (0, "%PDF", "a PDF", "'pdftoppm -'"),
    (0, "%!PS", "a PostScript file", "'pstopnm -stdout -'"),
    (0, "PF\n", "a PFM", "pfmtopam"),
    (0, "Pf\n", "a PFM", "pfmtopam"),
    (0, "/* XPM */", "an XPM", "xpmtoppm"),
    (4, "jP  \r\n", "a JPEG 2000", "jpeg2ktopam"),
    (4, "ftypavif", "an AVIF", "'convert avif:- ppm:-'"),
    (4, "ftyphei", "a HEIC", "'convert heic:- ppm:-'"),
    (4, "JXL \r\n", "a JPEG XL", "'convert jxl:- ppm:-'"),
    (0, "\u{ff}\u{a}", "a JPEG XL", "'convert jxl:- ppm:-'"),
    (0, "qoif", "a QOI", "'convert qoi:- ppm:-'"),
    (0, "8BPS", "a Photoshop file", "'convert psd:-[0] ppm:-'"),
    (0, "<svg", "an SVG", "'rsvg-convert | pngtopam'"),
    (0, "\u{1f}\u{8b}", "a gzip file", "zcat"),
    // The signature of BMP is only two letters, so it is tried last.
    (0, "BM", "a BMP", "bmptopnm"),
  ]
}
