/// Colors from the text files that artists keep palettes in: 8-bit RGB, one color a line.
///
/// A GIMP palette (`.gpl`) begins with the line `GIMP Palette`; then come lines `Name:`, `Columns:` and comments after
/// `#`, and for each color three numbers of 0 to 255 and perhaps a name. In a hex list (`.hex`) each line is six
/// hexadecimal digits, perhaps after a `#`.
package enum PaletteText {
  /// What a text is not.
  package enum Mistake: Error, Equatable {
    /// Neither a GIMP palette nor a hex list.
    case unknownFormat
    /// A line, numbered from 1, that holds no color.
    case badLine(Int)
    /// There is no color in it.
    case empty
  }

  /// Reads the colors.
  ///
  /// - Parameter text: The whole file.
  /// - Returns: The samples, three for each color, in the file's order.
  /// - Throws: `Mistake`.
  package static func samples(_ text: some Collection<UInt8>) throws(Mistake) -> [UInt8] {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
      .map { trimmed(Array($0)) }
    let isGimp = lines.first.map { $0.starts(with: "GIMP Palette".utf8) } ?? false
    var samples: [UInt8] = []
    for (index, line) in lines.enumerated() where !line.isEmpty && !(isGimp && index == 0) {
      if isGimp {
        guard !isRemark(line) else { continue }
        guard let color = decimalColor(line) else { throw .badLine(index + 1) }
        samples += color
      } else {
        guard let color = hexColor(line) else {
          throw samples.isEmpty && index == 0 ? .unknownFormat : .badLine(index + 1)
        }
        samples += color
      }
    }
    guard !samples.isEmpty else { throw isGimp ? .empty : .unknownFormat }
    return samples
  }

  /// Whether a line of a GIMP palette holds no color by its form.
  private static func isRemark(_ line: [UInt8]) -> Bool {
    line[0] == UInt8(ascii: "#") || line.starts(with: "Name:".utf8) || line.starts(with: "Columns:".utf8)
  }

  private static func decimalColor(_ line: [UInt8]) -> [UInt8]? {
    let words = line.split(maxSplits: 3, whereSeparator: isSpace).prefix(3)
    let color = words.compactMap { word in
      word.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        ? UInt8(String(decoding: word, as: UTF8.self)) : nil
    }
    return color.count == 3 ? color : nil
  }

  private static func hexColor(_ line: [UInt8]) -> [UInt8]? {
    let digits = line.first == UInt8(ascii: "#") ? line.dropFirst() : line[...]
    guard digits.count == 6 else { return nil }
    let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard values.count == 6 else { return nil }
    return (0..<3).map { UInt8(16 * values[2 * $0] + values[2 * $0 + 1]) }
  }

  private static func trimmed(_ line: [UInt8]) -> [UInt8] {
    var line = line[...]
    while let last = line.last, isSpace(last) {
      line.removeLast()
    }
    return Array(line.drop(while: isSpace))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
