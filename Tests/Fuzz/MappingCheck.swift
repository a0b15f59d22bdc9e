import Quantization

/// Maps a tiny image to given colors and compares with fractions in plain arithmetic.
struct MappingCheck {
  private let image: [[Int]]
  private let imageLayout: TupleLayout
  private let imageKind: TupleKind
  private let colors: [[Int]]
  private let paletteLayout: TupleLayout
  private let paletteKind: TupleKind
  private let threadCount: Int

  private static let kinds = [
    TupleKind(.gray, hasOpacity: false), TupleKind(.gray, hasOpacity: true),
    TupleKind(.rgb, hasOpacity: false),
    TupleKind(.rgb, hasOpacity: true), TupleKind(.planes(3), hasOpacity: false),
    TupleKind(.planes(2), hasOpacity: false),
  ]
  private static let maxvals = [1, 2, 3, 15, 254, 255, 256, 1000, 65534, 65535]

  init(_ bytes: UnsafeRawBufferPointer) {
    var rest = Array(bytes)[...]
    func next() -> Int { Int(rest.popFirst() ?? 0) }
    func layout(_ kind: TupleKind) -> TupleLayout {
      TupleLayout(depth: kind.depth, maxval: Self.maxvals[next() % Self.maxvals.count])
    }
    func tuple(_ layout: TupleLayout) -> [Int] {
      (0..<layout.depth).map { _ in (next() << 8 | next()) % (layout.maxval + 1) }
    }
    threadCount = 1 + next() % 2
    imageKind = Self.kinds[next() % Self.kinds.count]
    paletteKind = Self.kinds[next() % Self.kinds.count]
    let (imageLayout, paletteLayout) = (layout(imageKind), layout(paletteKind))
    (self.imageLayout, self.paletteLayout) = (imageLayout, paletteLayout)
    colors = Set((0..<1 + next() % 12).map { _ in tuple(paletteLayout) })
      .sorted { $0.lexicographicallyPrecedes($1) }
    image = (0..<12).map { _ in tuple(imageLayout) }
  }

  func check() throws {
    let given = UserPalette(try Palette(histogram(colors, paletteLayout)), kind: paletteKind)
    guard let output = given.outputKind(for: imageKind) else {
      return try FuzzTarget.require(!imageKind.isComparable(with: paletteKind), "not compared")
    }
    let histogram = try histogram(image, imageLayout)
    var setting = ColorSetting(kind: imageKind)
    setting.opacity = .planes
    let mapping = try given.map(histogram, in: setting, threadCount: threadCount)
    let labels = try mapping.labels(of: histogram)
    try FuzzTarget.require(
      mapping.palette.layout.depth == output.depth, "\(mapping.palette.layout.depth) planes")
    for index in 0..<histogram.count {
      let tuple = (0..<imageLayout.depth).map { Int(histogram.samples.base[$0 * histogram.count + index]) }
      let found = (0..<output.depth).map { mapping.palette.sample(plane: $0, of: Int(labels.base[index])) }
      let wanted = nearest(tuple)
      try FuzzTarget.require(found == wanted, "\(tuple) is mapped to \(found), not \(wanted)")
    }
  }

  private func histogram(_ tuples: [[Int]], _ layout: TupleLayout) throws -> Histogram {
    let tally = try Tally(layout: layout, expectedCount: tuples.count)
    let raw = tuples.flatMap {
      $0.flatMap { layout.maxval > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
    }
    try raw.withUnsafeBytes(tally.add)
    return try tally.histogram()
  }

  /// The nearest color, of equals the lexicographically first, with the image's opacity if it has none of its own.
  private func nearest(_ tuple: [Int]) -> [Int] {
    let (ours, theirs) = (imageLayout.maxval, paletteLayout.maxval)
    let isWide = imageKind.color == .rgb || paletteKind.color == .rgb
    /// The coordinates of a tuple, times the other maxval: gray beside RGB is three equal planes.
    func coordinates(_ tuple: [Int], _ kind: TupleKind, times factor: Int, opaque: Int) -> [Int] {
      let planes = Array(tuple.prefix(kind.colorCount))
      let color = isWide && kind.color == .gray ? [planes[0], planes[0], planes[0]] : planes
      let opacity = paletteKind.hasOpacity ? [kind.hasOpacity ? tuple[kind.depth - 1] : opaque] : []
      return (color + opacity).map { $0 * factor }
    }
    let place = coordinates(tuple, imageKind, times: theirs, opaque: ours)
    let squares = colors.map { color in
      zip(place, coordinates(color, paletteKind, times: ours, opaque: theirs)).reduce(Int128(0)) {
        $0 + Int128($1.0 - $1.1) * Int128($1.0 - $1.1)
      }
    }
    let best = squares.indices.reduce(0) { squares[$1] < squares[$0] ? $1 : $0 }
    guard imageKind.hasOpacity && !paletteKind.hasOpacity else { return colors[best] }
    return colors[best] + [(2 * tuple[imageKind.depth - 1] * theirs + ours) / (2 * ours)]
  }
}
