/// A word that may be misspelled, for comparison with known words.
struct Spelling {
  private let letters: [UInt8]

  init(_ word: String) {
    letters = Array(word.lowercased().utf8)
  }

  /// The most similar word; among equally similar words, the first. It is nil if all words differ in more than a third
  /// of their letters.
  func nearest(in words: [String]) -> String? {
    let distances = words.map { (word: $0, distance: distance(to: Array($0.utf8))) }
    return distances.filter { 3 * $0.distance <= $0.word.utf8.count }.min { $0.distance < $1.distance }?.word
  }

  /// The number of insertions, deletions, substitutions and swaps of neighboring letters that turn this word into
  /// another.
  ///
  /// Damerau, "A technique for computer detection and correction of spelling errors", Communications of the ACM 7(3),
  /// 1964.
  private func distance(to other: [UInt8]) -> Int {
    // The two previous rows of the table, which has one row for each letter of this word.
    var older: [Int] = []
    var last = Array(0...other.count)
    for (index, letter) in letters.enumerated() {
      var row = [index + 1]
      for (column, wanted) in other.enumerated() {
        var least = min(row[column], last[column + 1]) + 1
        least = min(least, last[column] + (letter == wanted ? 0 : 1))
        if index > 0, column > 0, letter == other[column - 1], letters[index - 1] == wanted {
          least = min(least, older[column - 1] + 1)
        }
        row.append(least)
      }
      (older, last) = (last, row)
    }
    return last[other.count]
  }
}
