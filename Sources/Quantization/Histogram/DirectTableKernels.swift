// The inner loops of `DirectTable` over pixels and table bytes. They use plain pointers. With these, the counting loop
// takes about nine tenths of the time with buffer pointers, and two thirds of the time with arrays.

/// Adds one pixel to the byte at `position`. If the count reaches 256, it is reset to 1 and `position` is appended to
/// `notes`.
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

/// Counts tuples of one sample and returns the number of notes.
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

/// Counts tuples of two samples and returns the number of notes.
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

/// The table index of a tuple of three samples.
@inline(__always)
private func position(_ tuple: UnsafePointer<UInt8>, _ parts: UnsafePointer<UInt32>) -> UInt32 {
  parts[Int(tuple[0])] | parts[256 + Int(tuple[1])] | parts[512 + Int(tuple[2])]
}

/// Counts tuples of three samples and returns the number of notes.
///
/// It takes pixels from the four quarters of the run in turn. Neighboring pixels often have the same color, so each
/// would otherwise wait until the count of the previous pixel is stored.
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

/// Finds the bytes that are not zero.
///
/// - Parameters:
///   - bytes: The bytes, at an address that is a multiple of 8.
///   - count: Number of bytes, a multiple of 64.
///   - positions: Memory for the indices of these bytes, which are written in ascending order.
/// - Returns: The number of indices.
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
        // Sets the high bit of each byte that is not zero.
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

/// Maps a run of raw tuples through a table of labels.
struct TupleRun {
  let source: UnsafePointer<UInt8>
  let target: UnsafeMutablePointer<UInt8>
  /// Number of tuples.
  let count: Int
  /// Samples of a tuple, each one byte: 1, 2 or 3.
  let depth: Int
  /// The contribution of each value of each sample to a table index.
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
      // Each store writes a fourth byte, which the next store overwrites. The last pixel is written byte by byte.
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
