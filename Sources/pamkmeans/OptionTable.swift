/// The combinations of options that are errors.
package enum OptionTable {
  /// For each option, the options that contradict it or have no effect together with it.
  package static let exclusions: [(option: OptionName, others: [OptionName])] = [
    (.start, [.effort]),
    (.floyd, [.decibels, .report]),
    (.shared, [.mapFile, .report]),
    (
      .histogramInput,
      [.index, .floyd, .ditherStrength, .ditherSpread, .dither, .weightFile, .mapFile, .shared, .track]
    ),
    (.snap, [.mapFile]),
    (.depths, [.snap, .mapFile]),
    (.track, [.decibels, .start, .startFile, .shared, .mapFile, .snap]),
    (.ditherStrength, [.decibels, .report]),
    (.ditherSpread, [.decibels, .report, .snap, .mapFile, .track]),
    (.dither, [.decibels, .report]),
    (.startFile, [.decibels, .effort, .start, .fixed, .runs]),
    (
      .mapFile,
      [
        .colorCount, .decibels, .effort, .start, .startFile, .fixed, .seed, .runs, .iterationLimit,
        .tolerance, .weightFile, .emphasis,
      ]
    ),
  ]

  /// The options that have no effect with `-method meanshift`, whose colors depend only on the bandwidth.
  package static let notForModes: [OptionName] = [
    .colorCount, .decibels, .effort, .start, .startFile, .fixed, .seed, .runs, .iterationLimit, .tolerance,
    .emphasis, .snap, .mapFile, .track, .ditherSpread,
  ]

  /// The options that are allowed with `-histout -`, which writes nothing but histograms.
  package static let besideHistogram: [OptionName] = [
    .histogramInput, .histogramOutput, .shared, .threads, .memory, .quiet, .verbose,
  ]

  /// Checks that the options do not exclude each other.
  ///
  /// - Parameters:
  ///   - given: The options on the command line.
  ///   - settings: The values of the options.
  /// - Throws: `UsageError.conflict`, `.notForModes`, `.besideHistogram` or `.histogramWithoutOutput`.
  static func check(_ given: Set<OptionName>, _ settings: Settings) throws(UsageError) {
    if case .modes = settings.goals.first {
      for name in notForModes where given.contains(name) {
        throw .notForModes(name)
      }
    }
    if settings.onlyCounts {
      for name in OptionName.allCases where given.contains(name) && !besideHistogram.contains(name) {
        throw .besideHistogram(name)
      }
    }
    if settings.readsHistograms, settings.paletteDestination == nil, settings.reportPath == nil,
      settings.histogramDestination == nil
    {
      throw .histogramWithoutOutput
    }
    // `-dither none` excludes no other option.
    let given = settings.dither == nil ? given.subtracting([.dither]) : given
    for (option, others) in exclusions where given.contains(option) {
      for other in others where given.contains(other) {
        throw .conflict(other, option)
      }
    }
  }
}
