import Memory
import Quantization

/// Reads a stream of Netpbm images.
package final class PamReader {
  private let input: ByteInput

  /// The descriptor of the input.
  var descriptor: Descriptor { input.descriptor }

  /// Whether the input is a terminal.
  package var isTerminal: Bool { descriptor.isTerminal }

  /// The path at the beginning of error messages; nil for standard input, which messages do not name.
  private let path: String?

  private let store: RasterStore

  /// Number of images whose headers have been requested.
  private var imageCount = 0

  /// The last header, if its raster has not been read yet.
  private var pending: PamHeader?

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - path: A file, pipe or `/dev/fd/N`; `nil` or `-` is standard input, which is read from its current offset.
  ///   - memoryLimit: Maximum number of bytes in memory for all existing rasters together, see `Raster`.
  /// - Throws: `SystemError` if the input cannot be opened, `NetpbmError` if standard input was closed at program
  ///   start.
  package init(path: String?, memoryLimit: Int = .max) throws {
    store = RasterStore(memoryLimit: memoryLimit)
    input = try ByteInput(path: path)
    self.path = path == "-" ? nil : path
  }

  /// Reads the header of the next image. It skips white space before all images but the first.
  ///
  /// - Returns: The header; nil if the stream ends after at least one image.
  /// - Throws: `NetpbmError`, `SystemError`.
  package func nextHeader() throws -> PamHeader? {
    precondition(pending == nil, "the raster has not been read")
    if imageCount == 0 {
      guard try input.peek() != nil else { throw NetpbmError("\(input.name) is empty: no Netpbm image") }
    } else {
      guard try input.skipWhiteSpace() else { return nil }
    }
    imageCount += 1
    let header = try named {
      let header = try Netpbm.parseHeader(HeaderText(from: input).bytes)
      try check(header)
      return header
    }
    pending = header
    return header
  }

  /// Reads the raster that follows a header.
  ///
  /// - Parameters:
  ///   - header: The last result of `nextHeader()`.
  ///   - isKept: Whether the raster can be replayed.
  ///   - counting: Called with successive runs of whole raw tuples, as soon as they are read. Their samples are at most
  ///     maxval.
  /// - Returns: The raster.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`, any error of `counting`.
  package func readRaster(
    _ header: PamHeader, isKept: Bool = true, counting: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Raster {
    precondition(pending == header, "no such header was read")
    pending = nil
    return try named {
      let source =
        try isKept
        ? SourceRegion(input, header, changed: located(NetpbmError("input changed while being read"))) : nil
      let raster = Raster(header, isKept: isKept, source: source, in: store)
      var reader = RasterReader(input, header)
      try reader.read(into: raster, counting: counting)
      return raster
    }
  }

  /// Whether the input starts like a Netpbm image or is empty. Call it before anything else is read.
  ///
  /// - Throws: `SystemError`.
  func startsLikeNetpbm() throws -> Bool {
    let start = try input.peek(3)
    guard start.count == 3 else { return start.isEmpty || start[0] == UInt8(ascii: "P") }
    let digits = UInt8(ascii: "1")...UInt8(ascii: "7")
    return start[0] == UInt8(ascii: "P") && digits.contains(start[1])
      && (start[2].isPlainSpace || start[2] == UInt8(ascii: "#"))
  }

  /// Reads the rest of the input, which is the palette of another program.
  ///
  /// - Parameter limit: Maximum number of bytes.
  /// - Returns: The bytes.
  /// - Throws: `NetpbmError` if there are more bytes, `SystemError`, `OutOfMemory`.
  func readAll(limit: Int) throws -> GrowingStorage<UInt8> {
    var bytes = try GrowingStorage<UInt8>()
    while let byte = try input.next() {
      guard bytes.count < limit else { throw NetpbmError("\(input.name) is too large for a palette") }
      try bytes.append(byte)
    }
    return bytes
  }

  /// Rejects headers that are invalid although libnetpbm accepts them, and images whose size overflows.
  private func check(_ header: PamHeader) throws {
    let (perRow, overflowsRow) = header.width.multipliedReportingOverflow(by: header.layout.bytesPerTuple)
    guard !overflowsRow, !header.height.multipliedReportingOverflow(by: perRow).overflow else {
      throw NetpbmError("the image is too large to be processed")
    }
    guard header.format == .pam else { return }
    guard header.layout.depth <= header.layout.largestDepth else {
      throw NetpbmError(
        "\(header.layout.depth) planes are too many at this maxval: the limit is \(header.layout.largestDepth)"
      )
    }
    if header.tupleType == "BLACKANDWHITE_ALPHA", header.layout.depth < 2 {
      throw NetpbmError("Depth 1 is insufficient for tuple type 'BLACKANDWHITE_ALPHA'. Minimum depth is 2")
    }
    guard header.tupleTypeBytes.count <= Self.largestTupleType else {
      throw NetpbmError("the tuple type is longer than a line of a PAM header can hold")
    }
  }

  /// Adds the location to errors of `body`: the file and, from the second image on, the number of the image.
  ///
  /// - Parameter body: Work on the last image.
  /// - Returns: The result of `body`.
  /// - Throws: Any error of `body`. `TooFewColors` becomes a `NetpbmError`.
  package func named<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NetpbmError {
      throw error.isLocated ? error : located(error)
    } catch let error as TooFewColors {
      throw located(NetpbmError(error.description))
    }
  }

  /// The error with the file and, from the second image on, the number of the image in front.
  private func located(_ error: NetpbmError) -> NetpbmError {
    let error = imageCount > 1 ? error.at("image \(imageCount)") : error
    return path.map { error.at($0.harmless) } ?? error
  }

  /// Maximum length of a tuple type.
  ///
  /// libnetpbm reads 254 bytes of a line, of which `TUPLTYPE` and a space take 9. It joins several such lines to a
  /// tuple type that may be longer, which it could not read back from one line.
  private static let largestTupleType = 245
}
