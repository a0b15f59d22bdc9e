import PamStream
import Quantization

/// The colors in the files that options name.
struct PaletteArguments {
  /// The colors of `-mapfile`, which images are mapped to.
  let map: PaletteFile?

  /// The colors of `-initfile`, which are the initial centroids.
  let start: PaletteFile?

  /// The colors of `-fixed`, which have to be in every palette.
  let fixed: PaletteFile?

  /// The numbers of colors wanted. By default it is the number of colors in the file of `-initfile`.
  let goals: [ColorGoal]

  /// Reads the files.
  ///
  /// - Parameter settings: The options with the paths of the files.
  /// - Throws: `NetpbmError`, `SystemError`, `OutOfMemory`, `UsageError.startCount`, `.fixedCount`.
  init(_ settings: Settings) throws {
    map = try settings.mapPath.map { try PaletteFile(path: $0, keepsOrder: settings.keepsFileOrder) }
    start = try settings.startPath.map { try PaletteFile(path: $0) }
    fixed = try settings.fixedPath.map { try PaletteFile(path: $0) }
    if let fixed, let path = settings.fixedPath {
      for goal in settings.goals {
        guard let ceiling = goal.ceiling, ceiling < fixed.palette.count else { continue }
        throw UsageError.fixedCount(fixed.palette.count, path: path, wanted: ceiling)
      }
    }
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

  /// The colors as initial centroids.
  ///
  /// - Parameter image: The meaning of an image's planes.
  /// - Returns: The colors as a palette that can be compared with the image.
  /// - Throws: `NetpbmError` if the colors cannot be compared with the image.
  func start(for image: TupleKind) throws -> UserPalette {
    guard image.isComparable(with: kind) else { throw mismatch(image) }
    return UserPalette(palette, kind: kind)
  }

  /// Converts the colors exactly to tuples of an image.
  ///
  /// - Parameters:
  ///   - image: The header of the image.
  ///   - opacity: The meaning of opacity.
  /// - Returns: The tuples, in lexicographic order.
  /// - Throws: `NetpbmError` if a color equals no tuple of the image, or if it is translucent and opacity is binary;
  ///   `OutOfMemory`.
  func tuples(of image: PamHeader, _ opacity: OpacityModel) throws -> Palette {
    guard image.tupleKind.isComparable(with: kind) else { throw mismatch(image.tupleKind) }
    do {
      let tuples = try UserPalette(palette, kind: kind).tuples(
        of: image.tupleKind, maxval: image.layout.maxval)
      guard opacity == .binary, image.tupleKind.hasOpacity,
        let translucent = (0..<tuples.count).first(where: {
          !tuples.isOpaque($0) && !tuples.isTransparent($0)
        })
      else { return tuples }
      let color = (0..<image.layout.depth).map { String(tuples.sample(plane: $0, of: translucent)) }
      throw NetpbmError(
        "the color \(color.joined(separator: " ")) of \(OptionName.fixed) is neither opaque nor transparent "
          + "(\(OptionName.opacity) \(opacity.rawValue))")
    } catch let error as UserPalette.Inexact {
      let color = error.samples.map(String.init).joined(separator: " ")
      throw NetpbmError(
        "the color \(color) of maxval \(header.layout.maxval) equals no tuple of \(image.tupleKind.depth) "
          + "plane\(image.tupleKind.depth == 1 ? "" : "s") and maxval \(image.layout.maxval) (\(OptionName.fixed))"
      )
    }
  }

  /// Maps an image to the colors.
  ///
  /// - Parameters:
  ///   - image: The header of the image.
  ///   - histogram: The tuples of the image.
  ///   - setting: The meaning of the planes and the color space.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Returns: The mapping, and the header of the mapped image.
  /// - Throws: `NetpbmError` if the colors cannot be compared with the image, or if they have no order together with
  ///   its opacity; `OutOfMemory`.
  func map(
    _ image: PamHeader, _ histogram: Histogram, in setting: ColorSetting, threadCount: Int
  ) throws -> (mapping: Mapping, header: PamHeader) {
    let given = UserPalette(palette, kind: kind)
    guard let output = given.outputKind(for: image.tupleKind) else { throw mismatch(image.tupleKind) }
    var mapping = try given.map(histogram, in: setting, threadCount: threadCount)
    if let order {
      guard output == kind else {
        throw NetpbmError(
          "the image has opacity and the colors of \(OptionName.mapFile) have none, so \(OptionName.order) file has no order"
        )
      }
      mapping.ownOrder = order
    }
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

  /// Checks that the palette has every color of the images.
  ///
  /// - Parameters:
  ///   - images: The images, whose pixels have to be kept.
  ///   - histogram: The tuples of the images.
  ///   - settings: The options.
  /// - Throws: `NetpbmError` that names the first color that is missing, and its position; `SystemError`,
  ///   `OutOfMemory`.
  func check(_ images: CountedImages, _ histogram: Histogram, _ settings: Settings) throws {
    let image = images.header.tupleKind
    guard image.isComparable(with: kind) else { throw mismatch(image) }
    guard let missing = try UserPalette(palette, kind: kind).missing(histogram, image),
      let first = try images.firstPixel(missing, histogram, threadCount: settings.kMeans.threadCount)
    else { return }
    let color = (0..<histogram.layout.depth).map { plane in
      String(histogram.samples.base[plane * histogram.count + first.tuple])
    }
    throw NetpbmError(
      "the color \(color.joined(separator: " ")) at column \(first.column), row \(first.row) is not in "
        + "'\((settings.mapPath ?? "").harmless)' (\(OptionName.exact))")
  }

  private func mismatch(_ image: TupleKind) -> NetpbmError {
    NetpbmError("\(image.summary) cannot be compared with colors of \(kind.summary)")
  }
}

extension TupleKind {
  fileprivate var summary: String {
    let opacity = hasOpacity ? " and opacity" : ""
    return switch color {
    case .gray: "gray\(opacity)"
    case .rgb: "RGB\(opacity)"
    case .planes(let count): "\(count) plane\(count == 1 ? "" : "s") of no known tuple type"
    }
  }
}
