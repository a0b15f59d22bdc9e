import Quantization

/// A mistake on the command line.
package enum UsageError: Error, Equatable {
  /// An option that does not exist, as written, and an option that may have been meant.
  case unknownOption(String, suggestion: OptionName?)
  /// An abbreviation, without dashes, that fits several options.
  case ambiguousOption(String, candidates: [OptionName])
  /// An option that needs a value but is the last argument.
  case missingValue(OptionName)
  /// A value for an option that takes none.
  case unexpectedValue(OptionName, String)
  /// An invalid value; `wanted` completes the sentence "... is not".
  case badValue(OptionName, String, wanted: String)
  /// A value that contains a number above the limit.
  case numberTooLarge(OptionName, String, limit: UInt64)
  /// No number of colors; `file` is the input file, if there is one.
  case missingColorCount(file: String?, isCounting: Bool = false)
  /// Two options that exclude each other.
  case conflict(OptionName, OptionName)
  /// `-bandwidth` without `-method meanshift`.
  case bandwidthWithoutModes
  /// An option for dithering without a dithering method.
  case withoutDither(OptionName)
  /// An option that is not allowed with `-method meanshift`.
  case notForModes(OptionName)
  /// `-index` together with `-mapout -`, which writes no images.
  case indexWithoutImages
  /// The number of colors in the file of `-initfile` differs from the number of colors wanted.
  case startCount(Int, path: String, wanted: Int)
  /// The file of `-fixed` has more colors than are wanted.
  case fixedCount(Int, path: String, wanted: Int)
  /// `-psnr` together with a list of color counts.
  case listWithDecibels
  /// `-exact` without `-mapfile`.
  case exactWithoutFile
  /// `-sort file` without `-mapfile`.
  case fileOrderWithoutFile
  /// `-track` together with a list of color counts.
  case listWithTrack
  /// `-mapformat` without `-mapout`.
  case formatWithoutPalette
  /// A list of color counts together with a palette format that holds only one palette.
  case listWithFormat(PaletteFormat)
  /// More colors wanted than the palette format can hold.
  case paletteCount(Int, PaletteFormat, limit: Int)
  /// Two or more input files.
  case tooManyFiles([String])
  /// Two options that write to the same file.
  case sameFile(OptionName, OptionName, String)
  /// An option that is not allowed with `-histout -`, which writes only histograms.
  case besideHistogram(OptionName)
  /// `-histogram` without an option that writes anything.
  case histogramWithoutOutput
  /// An output file that is also the target of standard output.
  case standardOutputFile(OptionName, String)
  /// Something that is no text would be written to a terminal. An image has a plain format.
  case bytesToTerminal(isImage: Bool)
  /// An error of ArgumentParser, with its message.
  case other(String)
}

extension UsageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownOption(let option, nil):
      "unknown option '\(option)'; -help=all lists the options"
    case .unknownOption(let option, let suggestion?):
      "unknown option '\(option)'; did you mean \(suggestion)?"
    case .ambiguousOption(let abbreviation, let candidates):
      "-\(abbreviation) is ambiguous: \(candidates.map(\.description).joined(separator: ", "))"
    case .missingValue(let name):
      "\(name): a value is missing"
    case .unexpectedValue(let name, let value):
      "\(name): takes no value, but '\(value)' was given"
    case .badValue(let name, let value, let wanted):
      "\(name): '\(value)' is not \(wanted)"
    case .numberTooLarge(let name, let value, let limit):
      "\(name): '\(value)' is too large; the limit is \(limit)"
    case .missingColorCount(let file, let isCounting):
      "\(OptionName.colorCount) is missing: say how many colors are wanted"
        + (isCounting ? " (only \(OptionName.histogramOutput) - needs none)" : "")
        + Self.suggestion([file].compactMap(\.self))
    case .conflict(let first, let second):
      "\(first) and \(second) exclude each other"
    case .bandwidthWithoutModes:
      "\(OptionName.bandwidth) is for \(OptionName.method) \(ClusteringMethod.meanShift.rawValue)"
    case .withoutDither(let name):
      "\(name) needs \(OptionName.floyd), or \(OptionName.dither) with a method"
    case .notForModes(let name):
      "\(name) and \(OptionName.method) \(ClusteringMethod.meanShift.rawValue) exclude each other"
    case .indexWithoutImages:
      "\(OptionName.index) is of no use with \(OptionName.palette) -, which writes no image"
    case .startCount(let count, let path, let wanted):
      "'\(path)' has \(count) color\(count == 1 ? "" : "s") to start from, but \(OptionName.colorCount) is \(wanted)"
    case .fixedCount(let count, let path, let wanted):
      "'\(path)' has \(count) color\(count == 1 ? "" : "s") to be fixed, but \(OptionName.colorCount) is \(wanted)"
    case .listWithDecibels:
      "\(OptionName.decibels) and a list of \(OptionName.colorCount) exclude each other"
    case .exactWithoutFile:
      "\(OptionName.exact) is for \(OptionName.mapFile)"
    case .fileOrderWithoutFile:
      "\(OptionName.order) file is for \(OptionName.mapFile)"
    case .listWithTrack:
      "\(OptionName.track) and a list of \(OptionName.colorCount) exclude each other"
    case .formatWithoutPalette:
      "\(OptionName.paletteFormat) is for \(OptionName.palette)"
    case .listWithFormat(let format):
      "\(OptionName.paletteFormat) \(format.rawValue) and a list of \(OptionName.colorCount) exclude each other"
    case .paletteCount(let count, let format, let limit):
      "\(OptionName.paletteFormat) \(format.rawValue) holds at most \(limit) colors, but \(OptionName.colorCount) is \(count)"
    case .tooManyFiles(let paths):
      "one file at the most, not \(paths.count): '\(paths[0])' '\(paths[1])'\(paths.count > 2 ? " ..." : "")"
        + Self.suggestion(paths)
    case .sameFile(let first, let second, let path):
      "\(first) and \(second) cannot both be '\(path)'"
    case .besideHistogram(let name):
      "\(name) and \(OptionName.histogramOutput) - exclude each other"
    case .histogramWithoutOutput:
      "\(OptionName.histogramInput) writes no images; add \(OptionName.palette), \(OptionName.report) or "
        + "\(OptionName.histogramOutput)"
    case .standardOutputFile(let name, let path):
      "\(name): '\(path)' is where standard output goes"
    case .bytesToTerminal(isImage: true):
      "standard output is a terminal: add '> file' to write the image to a file, or \(OptionName.plain) to read its samples"
    case .bytesToTerminal(isImage: false):
      "standard output is a terminal: add '> file' to write to a file"
    case .other(let message):
      message.split { $0.isWhitespace }.joined(separator: " ")
    }
  }

  /// A suggestion if one of the file names consists only of digits, so that a number of colors was probably meant.
  private static func suggestion(_ paths: [String]) -> String {
    let number = paths.first { path in path.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
    return number.map { "; did you mean \(OptionName.colorCount) \($0)?" } ?? ""
  }
}
