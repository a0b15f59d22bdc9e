// Roots computed with the four basic operations alone, so that results are the same on every machine. Those of
// mathematical libraries differ.

/// The cube root of a number in 0...1; 0 for numbers below 1e-30.
///
/// It is found by Halley's iteration, which triples the number of correct digits in each step.
package func cubeRoot(_ number: Double) -> Double {
  guard number >= 1e-30 else { return 0 }
  // A third of the bit pattern, with a corrected exponent bias, is within 4 % of the root.
  var root = Double(bitPattern: number.bitPattern / 3 + 0x2a9f_7893_782d_a1ce)
  for _ in 0..<4 {
    let cube = root * root * root
    root *= (cube + 2 * number) / (2 * cube + number)
  }
  return root
}

/// The fifth root of a number in 0.001...1, by Newton's iteration from above.
package func fifthRoot(_ number: Double) -> Double {
  var root = 1.0
  while true {
    let square = root * root
    let next = root - (root - number / (square * square)) / 5
    guard next < root else { return root }
    root = next
  }
}
