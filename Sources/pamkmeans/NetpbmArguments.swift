/// Converts arguments in Netpbm's style to a form that ArgumentParser understands without ambiguity.
///
/// ArgumentParser does not know three rules of Netpbm's shhopt. A long name may have one dash or two. A unique prefix
/// of a name is enough. The argument after an option that takes a value is its value, even if it begins with a dash. As
/// in Netpbm's pm_proginit, `-version` takes precedence over all other arguments, valid or not, and `-help` over all
/// but `-version`.
package struct NetpbmArguments {
  /// The options as `-name` or `-name=value`, with full names; then `--` and the file name, if there is one.
  package private(set) var canonical: [String] = []

  /// A text that the user can ask for.
  package enum Inquiry: Sendable {
    case version
    case help
    /// The help with all options: `-help=all`.
    case allOptions
  }

  /// The text that the user asks for; nil if images are to be processed. If there is one, `canonical` is not used.
  package private(set) var inquiry: Inquiry?

  /// The options that were given.
  package private(set) var given: Set<OptionName> = []

  private var files: [String] = []
  private var remaining: ArraySlice<String>

  /// Reads the arguments after the program's name.
  ///
  /// - Throws: `UsageError` for the first unknown or ambiguous name, or missing or unexpected value. Values are not
  ///   checked.
  package init(_ arguments: [String]) throws(UsageError) {
    remaining = arguments[...]
    guard arguments.first?.hasPrefix("--generate-completion-script") != true else {
      canonical = arguments
      return
    }
    var mistake: UsageError?
    while let argument = remaining.popFirst() {
      do throws(UsageError) {
        try read(argument)
      } catch {
        mistake = mistake ?? error
      }
    }
    guard inquiry == nil else { return }
    if let mistake { throw mistake }
    guard files.count <= 1 else { throw .tooManyFiles(files) }
    canonical += files.isEmpty ? [] : ["--"] + files
  }

  /// Reads one argument and, if it is an option that takes a separate value, the next argument.
  private mutating func read(_ argument: String) throws(UsageError) {
    guard argument.utf8.first == UInt8(ascii: "-"), argument != "-" else {
      files.append(argument)
      return
    }
    guard argument != "--" else {
      files += remaining
      remaining = []
      return
    }
    let (name, attachedValue) = try Self.split(argument)
    given.insert(name)
    if name.takesValue {
      guard let value = attachedValue ?? remaining.popFirst() else { throw .missingValue(name) }
      canonical.append("\(name)=\(value)")
    } else {
      let isFullHelp = name == .help && attachedValue == Self.allOptions
      if let attachedValue, !isFullHelp { throw .unexpectedValue(name, attachedValue) }
      canonical.append(name.description)
    }
    switch name {
    case .version: inquiry = .version
    case .help where inquiry == nil: inquiry = attachedValue == nil ? .help : .allOptions
    default: break
    }
  }

  /// The value of `-help` that asks for the help with all options.
  private static let allOptions = "all"

  /// Splits the argument of an option into its name and attached value: `-k=7`, `--colors=7`, `-k7`.
  private static func split(_ argument: String) throws(UsageError) -> (OptionName, value: String?) {
    // Bytes are compared, because `=` and a combining mark after it form another Character.
    let text = argument.utf8.dropFirst(argument.hasPrefix("--") ? 2 : 1)
    let parts = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    let spelling = String(Substring(parts[0]))
    if let name = try OptionName.find(spelling) {
      return (name, parts.count > 1 ? String(Substring(parts[1])) : nil)
    }
    let joined = text.dropFirst()
    if text.first == UInt8(ascii: "k"), let first = joined.first, "0123456789+-.".utf8.contains(first) {
      return (.colorCount, String(Substring(joined)))
    }
    throw .unknownOption(argument, suggestion: OptionName.nearest(to: spelling))
  }
}
