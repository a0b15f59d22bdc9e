import Memory
import Quantization

/// Histograms stored as PAM images.
///
/// A histogram of `n` colors is a raw PAM image of `n + 1` tuples in one row, with maxval 65535. Its tuple type is
/// `HISTOGRAM_` followed by the tuple type of the counted images. The planes of a tuple are those of the counted images
/// and four more, which contain the 64-bit number of pixels as four 16-bit digits, the highest first. The first tuple
/// has 0 pixels; its other samples are the maxval of the counted images. The colors follow in lexicographic order.
package enum HistogramImage {
  static let prefix = Array("HISTOGRAM_".utf8)
  static let countPlanes = 4
  static let maxval = 65535

  /// Whether the header of an image is that of a histogram.
  package static func isOne(_ header: PamHeader) -> Bool {
    header.format == .pam && header.tupleTypeBytes.starts(with: prefix)
  }
}

extension PamWriter {
  /// Writes a histogram.
  ///
  /// - Parameters:
  ///   - histogram: The colors and their pixel counts.
  ///   - image: The header of the counted images.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  package func write(_ histogram: Histogram, of image: PamHeader) throws {
    let depth = histogram.layout.depth
    let layout = TupleLayout(depth: depth + HistogramImage.countPlanes, maxval: HistogramImage.maxval)
    try begin(
      PamHeader(
        format: .pam, width: histogram.count + 1, height: 1, layout: layout,
        tupleTypeBytes: HistogramImage.prefix + image.tupleTypeBytes))
    let order = try histogram.lexicographicOrder()
    let bytes = try Storage<UInt8>(count: layout.bytesPerTuple)
    /// Writes a tuple with the given samples and number of pixels.
    func write(count: Int, sample: (Int) -> Int) throws {
      for plane in 0..<layout.depth {
        let digit = layout.depth - 1 - plane
        let value = plane < depth ? sample(plane) : count >> (16 * digit) & 0xFFFF
        bytes.base[2 * plane] = UInt8(truncatingIfNeeded: value >> 8)
        bytes.base[2 * plane + 1] = UInt8(truncatingIfNeeded: value)
      }
      try self.write(UnsafeRawBufferPointer(bytes.elements))
    }
    defer { withExtendedLifetime(order) {} }
    try write(count: 0) { _ in histogram.layout.maxval }
    for tuple in order.elements {
      try write(count: histogram.weights.base[tuple]) { plane in
        Int(histogram.samples.base[plane * histogram.count + tuple])
      }
    }
    try end()
  }
}

/// Reads a stream of histograms and adds them up.
package final class HistogramReader {
  private let reader: PamReader
  private var sum: HistogramSum?

  /// Memory for the raw tuple of one color.
  private var samples: Storage<UInt8>

  /// The header of the first histogram.
  private var first: PamHeader?

  /// - Parameter reader: The stream.
  /// - Throws: `OutOfMemory`.
  package init(_ reader: PamReader) throws {
    self.reader = reader
    samples = try Storage(count: 0)
  }

  /// Reads all histograms.
  ///
  /// - Returns: The sum, and the header of an image with all counted pixels in one row. Its format is PBM, PGM or PPM
  ///   if the tuple type and the layout fit, otherwise PAM.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`.
  package func readAll() throws -> (Histogram, PamHeader) {
    while let header = try reader.nextHeader() {
      try reader.named { try check(header) }
      _ = try reader.readRaster(header, isKept: false) { tuples in
        let byteCount = header.layout.bytesPerTuple
        for start in stride(from: 0, to: tuples.count, by: byteCount) {
          try add(UnsafeRawBufferPointer(rebasing: tuples[start..<start + byteCount]))
        }
      }
    }
    guard let sum, let first, !sum.isEmpty else { throw NetpbmError("the histogram is empty") }
    let histogram = try reader.named { try overflowing { try sum.histogram() } }
    return (histogram, try PamHeader(pixelCount: histogram.pixelCount, sum.layout, histogram: first))
  }

  private func check(_ header: PamHeader) throws(NetpbmError) {
    guard HistogramImage.isOne(header), header.layout.maxval == HistogramImage.maxval,
      header.layout.depth > HistogramImage.countPlanes
    else { throw NetpbmError("this is no histogram; -histout writes one") }
    if let first, first.layout != header.layout || first.tupleTypeBytes != header.tupleTypeBytes {
      throw NetpbmError("this histogram has another depth or tuple type than the first")
    }
    first = first ?? header
  }

  /// Adds one tuple of a histogram image: a color or, with 0 pixels, the maxval.
  private func add(_ tuple: UnsafeRawBufferPointer) throws {
    let depth = tuple.count / 2 - HistogramImage.countPlanes
    var pixels: UInt64 = 0
    for byte in tuple[(2 * depth)...] {
      pixels = pixels << 8 | UInt64(byte)
    }
    guard pixels > 0 else { return try begin(tuple[..<(2 * depth)]) }
    guard let sum else { throw NetpbmError("the histogram does not begin with its maxval") }
    let sampleSize = sum.layout.bytesPerSample
    for plane in 0..<depth {
      let (high, low) = (tuple[2 * plane], tuple[2 * plane + 1])
      let value = Int(high) << 8 | Int(low)
      guard value <= sum.layout.maxval else {
        throw NetpbmError("a sample of the histogram is \(value), more than its maxval \(sum.layout.maxval)")
      }
      if sampleSize == 2 { samples.base[2 * plane] = high }
      samples.base[sampleSize * (plane + 1) - 1] = low
    }
    try overflowing {
      try sum.add(UnsafeBufferPointer(start: samples.base, count: sampleSize * depth), count: pixels)
    }
  }

  /// Reads the maxval from the first tuple of a histogram.
  private func begin(_ bytes: Slice<UnsafeRawBufferPointer>) throws {
    let maxval = Int(bytes[0]) << 8 | Int(bytes[1])
    let isMaxval = bytes.indices.allSatisfy { bytes[$0] == bytes[$0 % 2] }
    guard isMaxval, maxval > 0 else { throw NetpbmError("a color of the histogram has no pixels") }
    let layout = TupleLayout(depth: bytes.count / 2, maxval: maxval)
    guard sum?.layout ?? layout == layout else {
      throw NetpbmError(
        "this histogram has maxval \(maxval), the first \(sum?.layout.maxval ?? 0); pamdepth changes that of the images"
      )
    }
    sum = try sum ?? HistogramSum(layout)
    samples = try Storage(count: bytes.count)
  }

  private func overflowing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch is HistogramSum.Overflow {
      throw NetpbmError("the histograms count more than 2^63 - 1 pixels")
    }
  }
}

extension PamHeader {
  /// The header of an image with all counted pixels in one row.
  fileprivate init(pixelCount: Int, _ layout: TupleLayout, histogram: PamHeader) throws(NetpbmError) {
    let type = Array(histogram.tupleTypeBytes.dropFirst(HistogramImage.prefix.count))
    let format: Format? =
      switch String(decoding: type, as: UTF8.self) {
      case "BLACKANDWHITE" where layout == TupleLayout(depth: 1, maxval: 1): .pbm
      case "GRAYSCALE" where layout.depth == 1: .pgm
      case "RGB" where layout.depth == 3: .ppm
      default: nil
      }
    guard pixelCount <= Int.max / layout.bytesPerTuple else {
      throw NetpbmError("the histograms count too many pixels")
    }
    self.init(
      format: format ?? .pam, width: pixelCount, height: 1, layout: layout, tupleTypeBytes: type)
  }
}
