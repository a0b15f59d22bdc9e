import Memory
import Quantization

/// Reads a stream of Netpbm images.
package final class PamReader {
  private let input: ByteInput

  /// What is read from.
  var descriptor: Descriptor { input.descriptor }

  /// Whether it is read from a terminal.
  package var isTerminal: Bool { descriptor.isTerminal }

  /// Leads the messages; `nil` for standard input.
  private let path: String?

  private let store: RasterStore

  /// Headers asked for so far.
  private var imageCount = 0

  /// The header whose raster has not been read.
  private var pending: PamHeader?

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - path: A file, also a pipe or `/dev/fd/N`; `nil` or `-` is standard input, read from its current offset.
  ///   - memoryLimit: Bytes of memory that the rasters which are there at a time may take together, see `Raster`.
  /// - Throws: `SystemError` if it cannot be opened, `NetpbmError` if standard input was closed at the start.
  package init(path: String?, memoryLimit: Int = .max) throws {
    store = RasterStore(memoryLimit: memoryLimit)
    input = try ByteInput(path: path)
    self.path = path == "-" ? nil : path
  }

  /// Reads the header of the next image; white space before the second and later ones is skipped.
  ///
  /// - Returns: The header, or `nil` if the stream has ended after at least one image.
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
  ///   - isKept: Whether the tuples are to be replayed.
  ///   - counting: Called with each run of whole raw tuples, in order, as soon as they have arrived and been
  ///     found to be within maxval.
  /// - Returns: The tuples, to be replayed if they are kept.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`, what `counting` throws.
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

  /// Whether the input, of which nothing has been read, begins like a Netpbm image or is empty.
  ///
  /// - Throws: `SystemError`.
  func startsLikeNetpbm() throws -> Bool {
    let start = try input.peek(3)
    guard start.count == 3 else { return start.isEmpty || start[0] == UInt8(ascii: "P") }
    let digits = UInt8(ascii: "1")...UInt8(ascii: "7")
    return start[0] == UInt8(ascii: "P") && digits.contains(start[1])
      && (start[2].isPlainSpace || start[2] == UInt8(ascii: "#"))
  }

  /// Reads the rest of the input.
  ///
  /// - Parameter limit: The largest number of bytes.
  /// - Returns: The bytes.
  /// - Throws: `NetpbmError` if there are more, `SystemError`, `OutOfMemory`.
  func readAll(limit: Int) throws -> GrowingStorage<UInt8> {
    var bytes = try GrowingStorage<UInt8>()
    while let byte = try input.next() {
      guard bytes.count < limit else { throw NetpbmError("\(input.name) is too large for a palette") }
      try bytes.append(byte)
    }
    return bytes
  }

  /// Refuses what libnetpbm lets pass in a header as a whole, and what cannot be computed with.
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

  /// Has the errors of `body` that concern the last image say which file and, from the second on, which image is wrong.
  ///
  /// - Parameter body: What is done with the image.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws, `TooFewColors` as a `NetpbmError`.
  package func named<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NetpbmError {
      throw error.isLocated ? error : located(error)
    } catch let error as TooFewColors {
      throw located(NetpbmError(error.description))
    }
  }

  /// The error, led by the file and, from the second on, the image.
  private func located(_ error: NetpbmError) -> NetpbmError {
    let error = imageCount > 1 ? error.at("image \(imageCount)") : error
    return path.map { error.at($0.harmless) } ?? error
  }

  /// What is left of the 254 bytes libnetpbm reads of a line after `TUPLTYPE` and a space. libnetpbm joins the
  /// values of several such lines, up to a length it could not read back from one.
  private static let largestTupleType = 245
}
