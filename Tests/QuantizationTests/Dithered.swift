import Quantization

/// An image of samples up to 255 dithered with a palette in lexicographic order.
func dithered(
  _ image: [UInt8], width: Int, colors: [UInt8], depth: Int, _ settings: DitherSettings, threadCount: Int = 1,
  rowsAtATime: Int = .max
) throws -> [UInt8] {
  let layout = TupleLayout(depth: depth, maxval: 255)
  let palette = try colors.withUnsafeBytes { try Palette(layout: layout, tuples: $0) }
  let tally = try Tally(layout: layout, expectedCount: image.count / depth)
  try image.withUnsafeBytes { try tally.add($0) }
  let histogram = try tally.histogram()
  let kind = TupleKind(depth == 3 ? .rgb : .planes(depth), hasOpacity: false)
  let dither = try Dither(
    settings, try DitherColors(palette, histogram, in: ColorSetting(kind: kind)),
    try TupleNumbers(tally, histogram, threadCount: threadCount), writing: palette,
    threadCount: threadCount)
  try dither.begin(width: width)
  var output = [UInt8]()
  try image.withUnsafeBytes { source in
    let step = min(rowsAtATime, image.count) * width * depth
    for start in stride(from: 0, to: source.count, by: step) {
      try dither.map(UnsafeRawBufferPointer(rebasing: source[start..<min(start + step, source.count)])) {
        output += $0
      }
    }
  }
  return output
}
