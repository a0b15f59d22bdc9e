/// Which options do not go together.
package enum OptionTable {
  /// For each option those that say something else about the same, or have nothing to do beside it.
  package static let exclusions: [(option: OptionName, others: [OptionName])] = [
    (.start, [.effort]),
    (.startFile, [.decibels, .effort, .start, .runs]),
    (
      .mapFile,
      [
        .colorCount, .decibels, .effort, .start, .startFile, .seed, .runs, .iterationLimit, .tolerance,
        .report,
      ]
    ),
  ]

  /// Whether two options exclude each other.
  package static func excludes(_ first: OptionName, _ second: OptionName) -> Bool {
    exclusions.contains { option, others in
      option == first && others.contains(second) || option == second && others.contains(first)
    }
  }

  /// Checks that options go together.
  ///
  /// - Parameter given: The options on the command line.
  /// - Throws: `UsageError.conflict` for two that do not.
  static func check(_ given: Set<OptionName>) throws(UsageError) {
    for (option, others) in exclusions where given.contains(option) {
      for other in others where given.contains(other) {
        throw .conflict(other, option)
      }
    }
  }
}
