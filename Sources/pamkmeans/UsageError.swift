import Quantization

/// A mistake on the command line.
package enum UsageError: Error, Equatable {
  /// No option begins with this, given as it was written.
  case unknownOption(String, suggestion: OptionName?)
  /// Several options begin with this, given without dashes.
  case ambiguousOption(String, candidates: [OptionName])
  /// The option came last and wants a value.
  case missingValue(OptionName)
  /// The option takes no value and was given one.
  case unexpectedValue(OptionName, String)
  /// The option's value is not what it should be; `wanted` completes "is not".
  case badValue(OptionName, String, wanted: String)
  /// The option's value is a number past the largest there is.
  case numberTooLarge(OptionName, String, limit: UInt64)
  /// No option says how many colors are wanted; the file name, if there is one.
  case missingColorCount(file: String?)
  /// Two options that exclude each other.
  case conflict(OptionName, OptionName)
  /// A bandwidth for a method that has none.
  case bandwidthWithoutModes
  /// A strength without a dither that it could be of.
  case strengthWithoutDither
  /// An option that is not for modes.
  case notForModes(OptionName)
  /// Numbers of colors instead of images, where only palettes are written.
  case indexWithoutImages
  /// The colors to start from are not as many as are wanted.
  case startCount(Int, path: String, wanted: Int)
  /// More colors have to be in the palette than are wanted.
  case fixedCount(Int, path: String, wanted: Int)
  /// Several numbers of colors, where one is to be found.
  case listWithDecibels
  /// Colors have to be in a file, and there is no such file.
  case exactWithoutFile
  /// The order of a file, and no such file.
  case fileOrderWithoutFile
  /// Several numbers of colors, where each image has one palette.
  case listWithTrack
  /// A format for palettes, and no file for them.
  case formatWithoutPalette
  /// Several numbers of colors, where the file has room for one palette.
  case listWithFormat(PaletteFormat)
  /// More colors than the format of the palette has room for.
  case paletteCount(Int, PaletteFormat, limit: Int)
  /// More than one file name, all of them, two at least.
  case tooManyFiles([String])
  /// One file for the output of two options.
  case sameFile(OptionName, OptionName, String)
  /// An option beside a histogram that is all there is to write.
  case besideHistogram(OptionName)
  /// Histograms are read, and nothing is written.
  case histogramWithoutOutput
  /// A file for palettes or reports that standard output goes to.
  case standardOutputFile(OptionName, String)
  /// An image would go to a terminal, where nobody can read it.
  case imageToTerminal
  /// A mistake that ArgumentParser found, in its words.
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
    case .missingColorCount(let file):
      "\(OptionName.colorCount) is missing: say how many colors are wanted"
        + Self.suggestion([file].compactMap(\.self))
    case .conflict(let first, let second):
      "\(first) and \(second) exclude each other"
    case .bandwidthWithoutModes:
      "\(OptionName.bandwidth) is for \(OptionName.method) \(ClusteringMethod.meanShift.rawValue)"
    case .strengthWithoutDither:
      "\(OptionName.ditherStrength) is for \(OptionName.dither)"
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
    case .imageToTerminal:
      "standard output is a terminal: add '> file' to write the image to a file, or \(OptionName.plain) to read its samples"
    case .other(let message):
      message.split { $0.isWhitespace }.joined(separator: " ")
    }
  }

  /// What was probably meant by a file name that is a number of colors.
  private static func suggestion(_ paths: [String]) -> String {
    let number = paths.first { path in path.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
    return number.map { "; did you mean \(OptionName.colorCount) \($0)?" } ?? ""
  }
}
