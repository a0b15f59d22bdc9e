import Quantization
import pamkmeans

/// Reads arguments: they are either refused in one line, or all that they say is within its range.
struct OptionsCheck {
  private let arguments: [String]

  init(_ bytes: UnsafeRawBufferPointer) {
    arguments = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: UnsafeRawBufferPointer(rebasing: $0), as: UTF8.self) }
  }

  func check() throws {
    do {
      let spelled = try NetpbmArguments(arguments)
      switch try Request(arguments: arguments) {
      case .text(let text):
        try FuzzTarget.require(!text.isEmpty && text.hasSuffix("\n"), "an answer of '\(text)'")
      case .quantize(let settings):
        try check(settings)
        // What was spelled out in full is taken as it is.
        let again = try NetpbmArguments(spelled.canonical)
        try FuzzTarget.require(again.canonical == spelled.canonical, "\(again) instead of \(spelled)")
      }
    } catch let mistake as UsageError {
      let message = mistake.description.harmless
      try FuzzTarget.require(!message.isEmpty && !message.contains { $0.isNewline }, "'\(message)'")
    }
  }

  private func check(_ settings: Settings) throws {
    let kMeans = settings.kMeans
    try FuzzTarget.require(kMeans.clusterCount >= 1 && kMeans.runCount >= 1, "no clusters or runs")
    try FuzzTarget.require(1...256 ~= kMeans.threadCount && settings.memoryLimit >= 0, "threads or memory")
    try FuzzTarget.require(kMeans.tolerance >= 0 && kMeans.tolerance.isFinite, "tolerance")
    try FuzzTarget.require(kMeans.iterationLimit ?? 0 >= 0, "iterations")
    for goal in settings.goals {
      switch goal {
      case .colorCount(let count): try FuzzTarget.require(count >= 1, "\(count) colors")
      case .decibels(let decibels, let ceiling):
        try FuzzTarget.require(decibels >= 0 && decibels.isFinite && ceiling >= 1, "\(goal)")
      case .modes(let bandwidth): try FuzzTarget.require(bandwidth >= 0 && bandwidth.isFinite, "\(goal)")
      }
    }
    let isFromFile = settings.mapPath != nil || settings.startPath != nil
    try FuzzTarget.require(!settings.goals.isEmpty || isFromFile, "nothing is wanted")
    try FuzzTarget.require(settings.mapPath == nil || settings.startPath == nil, "two files of colors")
    if let dither = settings.dither {
      try FuzzTarget.require(0...DitherSettings.wholeStrength ~= dither.strength, "\(dither)")
    }
    for path in [
      settings.mapPath, settings.startPath, settings.reportPath, settings.fixedPath, settings.weightPath,
    ] {
      try FuzzTarget.require(path?.isEmpty != true && path != "-", "a file without a name")
    }
  }
}
