/// The options and their spellings. `Options` declares each, and `NetpbmArguments` finds an option by its abbreviation.
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
  case depths
  case mapFile = "mapfile"
  case exact
  case palette = "mapout"
  case paletteFormat = "mapformat"
  case order = "sort"
  case index
  case floyd
  case dither
  case ditherStrength = "ditherstrength"
  case ditherSpread = "ditherspread"
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

  /// All names of the option, without dashes. Messages use the first.
  package var spellings: [String] {
    switch self {
    case .colorCount: [rawValue, "colors"]
    case .floyd: [rawValue, "fs"]
    default: [rawValue]
    }
  }

  /// Whether the option takes a value, which is the next argument or follows `=`.
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
  /// The option as it appears in messages: `-k`.
  package var description: String { "-\(rawValue)" }
}

extension OptionName {
  /// Finds an option by its name or by a unique prefix of it.
  ///
  /// - Parameter abbreviation: The name as written, without dashes and value.
  /// - Returns: The option with exactly this spelling, otherwise the only option with a spelling that starts with it;
  ///   nil if there is none.
  /// - Throws: `UsageError.ambiguousOption` if several options have such a spelling.
  static func find(_ abbreviation: String) throws(UsageError) -> OptionName? {
    if let exact = allCases.first(where: { $0.spellings.contains(abbreviation) }) {
      return exact
    }
    guard !abbreviation.isEmpty else { return nil }
    // `-h` is the usual abbreviation of help, so it is not ambiguous.
    guard abbreviation != "h" else { return .help }
    let candidates = allCases.filter { name in
      name.spellings.contains { $0.hasPrefix(abbreviation) }
    }
    guard candidates.count <= 1 else {
      throw .ambiguousOption(abbreviation, candidates: candidates)
    }
    return candidates.first
  }

  /// Guesses which option an unknown name was meant to be.
  ///
  /// - Returns: The option whose spelling is most similar (`-colours`), otherwise the one with the longest spelling
  ///   that the name starts with (`-dithering`); nil if there is none.
  static func nearest(to name: String) -> OptionName? {
    let spellings = allCases.flatMap(\.spellings)
    let beginning = spellings.filter(name.hasPrefix).max { $0.count < $1.count }
    guard let meant = Spelling(name).nearest(in: spellings) ?? beginning else { return nil }
    return allCases.first { $0.spellings.contains(meant) }
  }
}
