/// The lines of a text, without the white space around them.
///
/// Lines end in a line feed, or in a carriage return and a line feed.
struct TextLines: Sequence, IteratorProtocol {
  typealias Text = Slice<UnsafeRawBufferPointer>

  private var rest: Text?
  private var number = 0

  init(_ text: UnsafeRawBufferPointer) { rest = text[...] }

  /// The next line and its number, counted from 1; nil at the end.
  mutating func next() -> (number: Int, text: Text)? {
    guard let rest else { return nil }
    let line = rest.prefix { $0 != UInt8(ascii: "\n") }
    number += 1
    self.rest = line.endIndex < rest.endIndex ? rest[(line.endIndex + 1)...] : nil
    return (number, line.trimmed)
  }
}

extension TextLines.Text {
  /// The text without the white space around it.
  var trimmed: Self {
    let text = drop(while: \.isTextSpace)
    guard let last = text.lastIndex(where: { !$0.isTextSpace }) else { return text }
    return text[...last]
  }

  /// Takes a whole number and the white space after it from the beginning.
  ///
  /// - Parameter largest: The largest number allowed.
  /// - Returns: The number; nil if the text begins with no such number.
  mutating func takeNumber(atMost largest: Int) -> Int? {
    let word = prefix { !$0.isTextSpace }
    guard !word.isEmpty else { return nil }
    var value = 0
    for byte in word {
      guard let digit = byte.hexDigit, digit < 10 else { return nil }
      value = 10 * value + Int(digit)
      guard value <= largest else { return nil }
    }
    self = self[word.endIndex...].drop(while: \.isTextSpace)
    return value
  }

  /// Takes decimal samples of 0 to 255 from the beginning.
  ///
  /// - Parameter depth: Number of samples, 3 or 4. A color of three samples is opaque.
  /// - Returns: The color; nil if the text begins with no such numbers.
  mutating func takeColor(depth: Int) -> ColorList.Color? {
    var color = SIMD4<UInt8>(repeating: 255)
    for plane in 0..<depth {
      guard let sample = takeNumber(atMost: 255) else { return nil }
      color[plane] = UInt8(sample)
    }
    return ColorList.Color(bytes: color)
  }
}
