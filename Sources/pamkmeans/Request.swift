import ArgumentParser

/// The task that a command line asks for.
package enum Request {
  /// Print a text to standard output: the help, the version or a completion script.
  case text(String)
  /// Quantize images.
  case quantize(Settings)

  /// Reads the arguments that follow the program's name.
  ///
  /// - Throws: `UsageError` for the first mistake.
  package init(arguments: [String]) throws(UsageError) {
    let arguments = try NetpbmArguments(arguments)
    switch arguments.inquiry {
    case .version:
      self = .text("pamkmeans \(Options.version)\n")
    case .help:
      self = .text(ShortHelp.text)
    case .allOptions:
      self = .text(Options.helpMessage())
    default:
      do {
        let settings = try Settings(Options.parse(arguments.canonical))
        try OptionTable.check(arguments.given, settings)
        self = .quantize(settings)
      } catch let error as UsageError {
        throw error
      } catch {
        // ArgumentParser throws the text that it wants to print. A completion script counts as success.
        let message = Options.message(for: error)
        guard Options.exitCode(for: error).isSuccess else { throw .other(message) }
        self = .text(message + "\n")
      }
    }
  }
}
