/// A file format that is not Netpbm's but that people have, and the program that makes a Netpbm image of it.
struct ForeignFormat {
  /// The format with its article, as a message has it.
  let name: String

  /// What to run, a filter from standard input to standard output; between quotes if it is more than a word.
  let converter: String

  /// Recognizes a format by the first bytes of a file; nil if it is none of those in the table.
  ///
  /// - Parameter start: The first `signatureByteCount` bytes, or as many as there are.
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

  /// Bytes that tell all formats apart.
  static let signatureByteCount = 16

  /// Where the bytes stand, the bytes as Latin-1, the format, the converter. Sources: the formats' specifications as
  /// collected by file(1).
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
    // Two bytes of a bitmap are also two letters, so that they come last.
    (0, "BM", "a BMP", "bmptopnm"),
  ]
}
