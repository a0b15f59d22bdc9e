// The loops over pixels and over table entries of `DirectTable`. Plain pointers: with them the counting loop takes
// about nine tenths of its time over buffer pointers and two thirds of its time over arrays.

/// Adds one pixel to the entry at `position`, leaving a note where its count wraps.
@inline(__always)
private func bump(
  _ table: UnsafeMutablePointer<UInt8>, _ position: UInt32,
  _ notes: UnsafeMutablePointer<UInt32>, _ noteCount: inout Int
) {
  let count = table[Int(position)] &+ 1
  if _slowPath(count == 0) {
    table[Int(position)] = 1
    notes[noteCount] = position
    noteCount += 1
  } else {
    table[Int(position)] = count
  }
}

/// Counts tuples of one sample; returns how many notes it left.
@inline(never)
func tallySamples(
  _ source: UnsafePointer<UInt8>, _ pixelCount: Int, _ parts: UnsafePointer<UInt32>,
  _ table: UnsafeMutablePointer<UInt8>, _ notes: UnsafeMutablePointer<UInt32>
) -> Int {
  var noteCount = 0
  for pixel in 0..<pixelCount {
    bump(table, parts[Int(source[pixel])], notes, &noteCount)
  }
  return noteCount
}

/// Counts tuples of two samples; returns how many notes it left.
@inline(never)
func tallyPairs(
  _ source: UnsafePointer<UInt8>, _ pixelCount: Int, _ parts: UnsafePointer<UInt32>,
  _ table: UnsafeMutablePointer<UInt8>, _ notes: UnsafeMutablePointer<UInt32>
) -> Int {
  var noteCount = 0
  for pixel in 0..<pixelCount {
    let position = parts[Int(source[2 * pixel])] | parts[256 + Int(source[2 * pixel + 1])]
    bump(table, position, notes, &noteCount)
  }
  return noteCount
}

/// The position of the tuple of three samples at `tuple`.
@inline(__always)
private func position(_ tuple: UnsafePointer<UInt8>, _ parts: UnsafePointer<UInt32>) -> UInt32 {
  parts[Int(tuple[0])] | parts[256 + Int(tuple[1])] | parts[512 + Int(tuple[2])]
}

/// Counts tuples of three samples; returns how many notes it left.
///
/// Four places of the run are counted in turn: neighboring pixels are often of one color, and each would wait for
/// the store of the one before.
@inline(never)
func tallyTriples(
  _ source: UnsafePointer<UInt8>, _ pixelCount: Int, _ parts: UnsafePointer<UInt32>,
  _ table: UnsafeMutablePointer<UInt8>, _ notes: UnsafeMutablePointer<UInt32>
) -> Int {
  var noteCount = 0
  let quarter = pixelCount / 4
  let second = source + 3 * quarter
  let third = second + 3 * quarter
  let fourth = third + 3 * quarter
  for pixel in 0..<quarter {
    let offset = 3 * pixel
    bump(table, position(source + offset, parts), notes, &noteCount)
    bump(table, position(second + offset, parts), notes, &noteCount)
    bump(table, position(third + offset, parts), notes, &noteCount)
    bump(table, position(fourth + offset, parts), notes, &noteCount)
  }
  for pixel in 4 * quarter..<pixelCount {
    bump(table, position(source + 3 * pixel, parts), notes, &noteCount)
  }
  return noteCount
}

/// Writes the positions of the bytes that are not zero, in order, and returns how many they are.
///
/// - Parameters:
///   - bytes: The bytes, at an address that is a multiple of 8.
///   - count: How many, a multiple of 64.
///   - positions: Room for all positions.
/// - Returns: The number of positions.
@inline(never)
func collectNonzeroBytes(
  _ bytes: UnsafePointer<UInt8>, _ count: Int, into positions: UnsafeMutablePointer<UInt32>
) -> Int {
  let words = UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt64.self)
  var found = 0
  var first = 0
  while first < count / 8 {
    let low = words[first] | words[first &+ 1] | words[first &+ 2] | words[first &+ 3]
    let high = words[first &+ 4] | words[first &+ 5] | words[first &+ 6] | words[first &+ 7]
    if low | high != 0 {
      for index in first..<first &+ 8 {
        let word = UInt64(littleEndian: words[index])
        // The high bit of each byte that is not zero.
        var marks = ((word & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7f7f_7f7f_7f7f_7f7f | word) & 0x8080_8080_8080_8080
        while marks != 0 {
          positions[found] = UInt32(truncatingIfNeeded: 8 &* index &+ marks.trailingZeroBitCount / 8)
          found &+= 1
          marks &= marks &- 1
        }
      }
    }
    first &+= 8
  }
  return found
}

/// A run of raw tuples on its way through a table of labels.
struct TupleRun {
  let source: UnsafePointer<UInt8>
  let target: UnsafeMutablePointer<UInt8>
  /// Tuples.
  let count: Int
  /// Samples, of a byte each, in a tuple: 1, 2 or 3.
  let depth: Int
  /// What each value of each sample adds to a position in the table.
  let parts: UnsafePointer<UInt32>
  let palette: UnsafePointer<UInt8>
  let bytesPerColor: Int

  /// Maps tuples of any depth to colors of any size.
  func map(through labels: UnsafePointer<some FixedWidthInteger>) {
    for pixel in 0..<count {
      let offset = depth * pixel
      var position: UInt32 = 0
      for plane in 0..<depth {
        position |= parts[256 * plane + Int(source[offset + plane])]
      }
      let color = palette + bytesPerColor * Int(truncatingIfNeeded: labels[Int(position)])
      for byte in 0..<bytesPerColor {
        target[bytesPerColor * pixel + byte] = color[byte]
      }
    }
  }

  /// Maps tuples of three samples to at most 256 colors, storing four bytes at a time.
  @inline(never)
  func mapTriples(through labels: UnsafePointer<UInt8>, colorCount: Int) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { colors in
      for label in 0..<256 {
        let tuple = palette + 3 * min(label, colorCount - 1)
        colors[label] = (UInt32(tuple[0]) | UInt32(tuple[1]) << 8 | UInt32(tuple[2]) << 16).littleEndian
      }
      guard let colors = colors.baseAddress else { return }
      // The fourth byte is the next pixel's first, written after it; the last pixel has no next.
      for pixel in 0..<max(count - 1, 0) {
        let color = colors[Int(labels[Int(position(source + 3 * pixel, parts))])]
        UnsafeMutableRawPointer(target + 3 * pixel).storeBytes(of: color, as: UInt32.self)
      }
      if count > 0 {
        let tuple = palette + 3 * Int(labels[Int(position(source + 3 * (count - 1), parts))])
        for plane in 0..<3 {
          target[3 * (count - 1) + plane] = tuple[plane]
        }
      }
    }
  }
}
