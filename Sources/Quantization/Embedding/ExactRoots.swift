// Roots by the four basic operations alone, which give the same bits everywhere; a mathematical library's need not.

/// The cube root of a number of 0...1.
///
/// By Halley's iteration from a third of the exponent, which each time has three times as many digits right.
package func cubeRoot(_ number: Double) -> Double {
  guard number >= 1e-30 else { return 0 }
  // A third of the bits, with the bias of the exponent put right, is within 4 % of the root.
  var root = Double(bitPattern: number.bitPattern / 3 + 0x2a9f_7893_782d_a1ce)
  for _ in 0..<4 {
    let cube = root * root * root
    root *= (cube + 2 * number) / (2 * cube + number)
  }
  return root
}

/// The fifth root of a number of 0.001...1, by Newton's iteration from above.
package func fifthRoot(_ number: Double) -> Double {
  var root = 1.0
  while true {
    let square = root * root
    let next = root - (root - number / (square * square)) / 5
    guard next < root else { return root }
    root = next
  }
}
