/// The options and their spellings, one table for their declaration in `Options` and for the reading of
/// abbreviations in `NetpbmArguments`.
package enum OptionName: String, CaseIterable, Sendable {
  case colorCount = "k"
  case decibels = "psnr"
  case effort
  case method
  case bandwidth
  case start = "init"
  case startFile = "initfile"
  case seed
  case runs
  case iterationLimit = "maxiter"
  case tolerance
  case space
  case opacity = "alpha"
  case weightFile = "weightfile"
  case emphasis
  case fixed
  case snap
  case mapFile = "mapfile"
  case exact
  case palette = "mapout"
  case paletteFormat = "mapformat"
  case order = "sort"
  case index
  case floyd
  case dither
  case ditherStrength = "ditherstrength"
  case histogramInput = "histogram"
  case histogramOutput = "histout"
  case shared
  case track
  case report
  case plain
  case threads
  case memory
  case quiet
  case verbose
  case version
  case help

  /// The names it goes by, without dashes, the one in messages first.
  package var spellings: [String] {
    switch self {
    case .colorCount: [rawValue, "colors"]
    case .floyd: [rawValue, "fs"]
    default: [rawValue]
    }
  }

  /// Whether the next argument, or what follows `=`, belongs to the option.
  package var takesValue: Bool {
    switch self {
    case .floyd, .index, .snap, .exact, .histogramInput, .shared, .track, .plain, .quiet, .verbose, .version,
      .help:
      false
    default: true
    }
  }
}

extension OptionName: CustomStringConvertible {
  /// The option as messages name it: `-k`.
  package var description: String { "-\(rawValue)" }
}

extension OptionName {
  /// Finds the option that a name, or enough of its beginning, stands for.
  ///
  /// - Parameter abbreviation: What was written between the dashes and any `=`.
  /// - Returns: The option spelled exactly so; else the only one with a spelling that begins so; else nil.
  /// - Throws: `UsageError.ambiguousOption` if several begin so.
  static func find(_ abbreviation: String) throws(UsageError) -> OptionName? {
    if let exact = allCases.first(where: { $0.spellings.contains(abbreviation) }) {
      return exact
    }
    guard !abbreviation.isEmpty else { return nil }
    // Everybody's short option for help, whatever else begins with it.
    guard abbreviation != "h" else { return .help }
    let candidates = allCases.filter { name in
      name.spellings.contains { $0.hasPrefix(abbreviation) }
    }
    guard candidates.count <= 1 else {
      throw .ambiguousOption(abbreviation, candidates: candidates)
    }
    return candidates.first
  }

  /// The option that somebody probably meant who wrote a name that is no option's.
  ///
  /// - Returns: The option with the longest spelling that the name begins with (`-dithering`); else the one whose spelling
  ///   is nearest (`-colours`); nil if none is near.
  static func nearest(to name: String) -> OptionName? {
    let spellings = allCases.flatMap(\.spellings)
    let beginning = spellings.filter(name.hasPrefix).max { $0.count < $1.count }
    guard let meant = Spelling(name).nearest(in: spellings) ?? beginning else { return nil }
    return allCases.first { $0.spellings.contains(meant) }
  }
}
