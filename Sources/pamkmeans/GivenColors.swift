import PamStream
import Quantization

/// The colors that files named by options hold.
struct GivenColors {
  /// Those to map to.
  let map: PaletteFile?

  /// Those to start from.
  let start: PaletteFile?

  /// How many colors are wanted; that of the colors to start from, where nothing else is said.
  let goals: [Goal]

  /// Reads the files.
  ///
  /// - Parameter settings: Which they are.
  /// - Throws: `NetpbmError`, `SystemError`, `QuantizationError.outOfMemory`, `UsageError.startCount`.
  init(_ settings: Settings) throws {
    map = try settings.mapPath.map(PaletteFile.init)
    start = try settings.startPath.map(PaletteFile.init)
    guard let start, let path = settings.startPath else {
      goals = settings.goals
      return
    }
    goals = settings.goals.isEmpty ? [.colorCount(start.palette.count)] : settings.goals
    for goal in goals where goal != .colorCount(start.palette.count) {
      throw UsageError.startCount(start.palette.count, path: path, wanted: goal.ceiling ?? 0)
    }
  }
}

extension PaletteFile {
  private var kind: TupleKind { header.tupleKind }

  /// The colors as a start for images.
  ///
  /// - Parameter image: What the planes of an image mean.
  /// - Returns: The start.
  /// - Throws: `NetpbmError` if it cannot be compared with the colors.
  func start(for image: TupleKind) throws -> GivenPalette {
    guard image.isComparable(with: kind) else { throw mismatch(image) }
    return GivenPalette(palette, kind: kind)
  }

  /// Maps an image to the colors.
  ///
  /// - Parameters:
  ///   - image: The image's header.
  ///   - histogram: Its tuples.
  ///   - setting: How they are compared.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Returns: The mapping, and the header of the image afterwards.
  /// - Throws: `NetpbmError` if it cannot be compared with the colors, `QuantizationError.outOfMemory`.
  func map(
    _ image: PamHeader, _ histogram: Histogram, in setting: Reducer.Setting, threadCount: Int
  ) throws -> (mapping: Mapping, header: PamHeader) {
    let given = GivenPalette(palette, kind: kind)
    guard let output = given.outputKind(for: image.tupleKind) else { throw mismatch(image.tupleKind) }
    let mapping = try given.map(histogram, in: setting, threadCount: threadCount)
    var header = self.header
    header.width = image.width
    header.height = image.height
    if output != kind {
      header.format = .pam
      header.isPlain = false
      header.layout = mapping.palette.layout
      header.tupleType =
        switch output.color {
        case .gray: "GRAYSCALE_ALPHA"
        case .rgb: "RGB_ALPHA"
        case .planes: header.tupleType
        }
    }
    return (mapping, header)
  }

  private func mismatch(_ image: TupleKind) -> NetpbmError {
    NetpbmError(
      "an image of \(image.depth) plane\(image.depth == 1 ? "" : "s") cannot be compared with colors of \(kind.depth)"
    )
  }
}
