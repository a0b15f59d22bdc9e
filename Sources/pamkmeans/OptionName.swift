/// The options and their spellings, one table for their declaration in `Options` and for the reading of
/// abbreviations in `NetpbmArguments`.
package enum OptionName: String, CaseIterable, Sendable {
  case colorCount = "k"
  case decibels = "psnr"
  case method
  case bandwidth
  case space
  case opacity = "alpha"
  case effort
  case start = "init"
  case startFile = "initfile"
  case fixed
  case seed
  case runs
  case iterationLimit = "maxiter"
  case tolerance
  case threads
  case memory
  case shared
  case weightFile = "weightfile"
  case mapFile = "mapfile"
  case palette = "mapout"
  case floyd
  case dither
  case ditherStrength = "ditherstrength"
  case order = "sort"
  case index
  case report
  case plain
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
    case .floyd, .index, .shared, .plain, .quiet, .verbose, .version, .help: false
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
    let candidates = allCases.filter { name in
      name.spellings.contains { $0.hasPrefix(abbreviation) }
    }
    guard candidates.count <= 1 else {
      throw .ambiguousOption(abbreviation, candidates: candidates)
    }
    return candidates.first
  }
}
