/// The value of an option as written. Its methods convert it to the type that the option needs.
struct OptionValue {
  let name: OptionName
  let text: String

  init(_ name: OptionName, _ text: String) {
    self.name = name
    self.text = text
  }

  /// Reads a whole number of at least `minimum`, written only in decimal digits.
  func wholeNumber<Number: FixedWidthInteger>(atLeast minimum: Number) throws(UsageError) -> Number {
    try wholeNumber(text, atLeast: minimum, wanted: "a whole number of \(minimum) or more")
  }

  /// Reads a list of one or more whole numbers of at least `minimum`, separated by commas.
  func wholeNumbers<Number: FixedWidthInteger>(atLeast minimum: Number) throws(UsageError) -> [Number] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return [try wholeNumber(atLeast: minimum)] }
    var numbers = [Number]()
    for part in parts {
      let wanted = "a list of whole numbers of \(minimum) or more"
      numbers.append(try wholeNumber(String(part), atLeast: minimum, wanted: wanted))
    }
    return numbers
  }

  /// Reads one to four numbers of bits from 1 to 16, separated by commas.
  func bitCounts() throws(UsageError) -> [Int] {
    guard let counts: [Int] = try? wholeNumbers(atLeast: 1), counts.count <= 4,
      counts.allSatisfy({ $0 <= 16 })
    else { throw .badValue(name, text, wanted: "one to four numbers of bits from 1 to 16, such as 5,6,5") }
    return counts
  }

  /// Reads a whole number that is the entire value or an element of a list.
  private func wholeNumber<Number: FixedWidthInteger>(
    _ part: String, atLeast minimum: Number, wanted: String
  ) throws(UsageError) -> Number {
    guard !part.isEmpty, part.utf8.allSatisfy(Self.isDigit) else {
      throw .badValue(name, text, wanted: wanted)
    }
    guard let number = Number(part) else { throw .numberTooLarge(name, part, limit: UInt64(Number.max)) }
    guard number >= minimum else { throw .badValue(name, text, wanted: wanted) }
    return number
  }

  /// Reads a number of bytes, 0 or more: decimal digits, optionally followed by K, M or G for powers of 1024.
  func byteCount() throws(UsageError) -> Int {
    var digits = text[...]
    var shift = 0
    switch text.utf8.last {
    case UInt8(ascii: "K"), UInt8(ascii: "k"): shift = 10
    case UInt8(ascii: "M"), UInt8(ascii: "m"): shift = 20
    case UInt8(ascii: "G"), UInt8(ascii: "g"): shift = 30
    default: break
    }
    if shift > 0 { digits.removeLast() }
    guard !digits.isEmpty, digits.utf8.allSatisfy(Self.isDigit) else {
      throw .badValue(name, text, wanted: "a number of bytes, or of K, M or G")
    }
    guard let number = Int(digits), number <= Int.max >> shift else {
      throw .numberTooLarge(name, text, limit: UInt64(Int.max))
    }
    return number << shift
  }

  /// Reads a finite number, 0 or more: decimal digits with an optional point and an optional power of ten (`1e-3`).
  func number() throws(UsageError) -> Double {
    // Double(_:) alone would also take a sign, hexadecimal digits, "inf" and "nan".
    guard let first = text.utf8.first, "0123456789.".utf8.contains(first),
      text.utf8.allSatisfy("0123456789.eE+-".utf8.contains),
      let number = Double(text), number.isFinite
    else {
      throw .badValue(name, text, wanted: "a number of 0 or more")
    }
    return number
  }

  /// Reads a number from 0 to `limit` in the same notation.
  func number(atMost limit: Double) throws(UsageError) -> Double {
    guard let number = try? number(), number <= limit else {
      throw .badValue(name, text, wanted: "a number of 0 to \(Int(limit))")
    }
    return number
  }

  /// Reads one of the given words and returns its meaning.
  func choice<Choice>(of choices: [(word: String, meaning: Choice)]) throws(UsageError) -> Choice {
    guard let choice = choices.first(where: { $0.word == text }) else {
      let words = choices.map(\.word)
      let nearest = Spelling(text).nearest(in: words).map { "; did you mean \($0)?" } ?? ""
      throw .badValue(name, text, wanted: "one of \(words.joined(separator: ", "))\(nearest)")
    }
    return choice.meaning
  }

  /// Reads a file name, which must not be empty.
  func path() throws(UsageError) -> String {
    guard !text.isEmpty else { throw .badValue(name, text, wanted: "a file name") }
    return text
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
