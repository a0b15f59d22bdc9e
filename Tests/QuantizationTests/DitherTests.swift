import Clustering
import Quantization
import Testing

struct DitherTests {
  private static func draw(_ count: Int, depth: Int, _ generator: inout SplitMix64) -> [[Int]] {
    (0..<count).map { _ in (0..<depth).map { _ in Int(generator.draw(below: 256)) } }
  }

  private static func bytes(_ tuples: [[Int]]) -> [UInt8] { tuples.flatMap { $0.map { UInt8($0) } } }

  private static func colors(_ count: Int, depth: Int, _ generator: inout SplitMix64) -> [[Int]] {
    Set(draw(count, depth: depth, &generator)).sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func nearest(_ color: [Int], _ colors: [[Int]]) -> Int {
    let squares = colors.map { squaredDistance(color, $0) }
    return squares.firstIndex(of: squares.min() ?? 0) ?? 0
  }

  /// The pattern by the definition.
  private static func pattern(_ color: [Int], _ colors: [[Int]], strength: Int) -> [Int] {
    let planes = color.indices
    let fine = colors.map { $0.map { 16 * $0 } }
    let start = fine[nearest(color.map { 16 * $0 }, fine)]
    let target = planes.map { start[$0] + (16 * color[$0] - start[$0]) * strength / 65536 }
    var (wanted, pattern) = (target, [Int]())
    for _ in 0..<64 {
      let entry = nearest(wanted, fine)
      pattern.append(entry)
      wanted = planes.map { target[$0] + wanted[$0] - fine[entry][$0] }
    }
    let shares = color.count == 3 ? [299, 587, 114] : planes.map { _ in 1 }
    let lumas = colors.map { zip($0, shares).reduce(0) { $0 + $1.0 * $1.1 } }
    return pattern.sorted { (lumas[$0], $0) < (lumas[$1], $1) }
  }

  @Test(arguments: [1, 2, 3, 4, 5], [DitherSettings.Method.bayer8, .bluenoise])
  func patternsAreThoseOfTheDefinition(depth: Int, method: DitherSettings.Method) throws {
    let map = method == .bayer8 ? ThresholdMap.bayer8 : .blueNoise
    var generator = SplitMix64(seed: 3)
    for (width, count, strength) in [(70, 2, 65536), (16, 30, 40000), (9, 300, 65536)] {
      let colors = Self.colors(count, depth: depth, &generator)
      let image = Self.draw(width * 9, depth: depth, &generator)
      let output = try dithered(
        Self.bytes(image), width: width, colors: Self.bytes(colors), depth: depth,
        DitherSettings(method, strength: strength), rowsAtATime: 4)
      let expected = image.enumerated().map { index, color in
        let place = index / width % map.side * map.side + index % width % map.side
        let level = Int(map.ranks[place]) * 64 / (map.side * map.side)
        return colors[Self.pattern(color, colors, strength: strength)[level]]
      }
      #expect(output == Self.bytes(expected))
    }
  }

  @Test(arguments: DitherSettings.Method.allCases)
  func withoutStrengthItIsTheNearest(method: DitherSettings.Method) throws {
    var generator = SplitMix64(seed: 4)
    let colors = Self.colors(20, depth: 3, &generator)
    let image = Self.draw(40 * 30, depth: 3, &generator)
    let output = try dithered(
      Self.bytes(image), width: 40, colors: Self.bytes(colors), depth: 3, DitherSettings(method, strength: 0))
    #expect(output == Self.bytes(image.map { colors[Self.nearest($0, colors)] }))
  }

  @Test(arguments: DitherSettings.Method.allCases)
  func colorsOfThePaletteStay(method: DitherSettings.Method) throws {
    var generator = SplitMix64(seed: 5)
    let colors = Self.colors(20, depth: 3, &generator)
    let image = (0..<1200).map { _ in colors[Int(generator.draw(below: UInt64(colors.count)))] }
    let output = try dithered(
      Self.bytes(image), width: 40, colors: Self.bytes(colors), depth: 3, DitherSettings(method))
    #expect(output == Self.bytes(image))
  }

  @Test(arguments: DitherSettings.Method.allCases)
  func threadsAndRunsDoNotMatter(method: DitherSettings.Method) throws {
    var generator = SplitMix64(seed: 6)
    let colors = Self.bytes(Self.colors(20, depth: 3, &generator))
    let image = Self.bytes(Self.draw(300 * 300, depth: 3, &generator))
    let once = try dithered(image, width: 300, colors: colors, depth: 3, DitherSettings(method))
    for (threads, rows) in [(2, 300), (3, 7), (4, 128)] {
      let again = try dithered(
        image, width: 300, colors: colors, depth: 3, DitherSettings(method), threadCount: threads,
        rowsAtATime: rows)
      #expect(again == once)
    }
  }

  /// Of a ramp in black and white the mean in each box of 8 x 8 is right to a few levels; undithered, it is 64 off.
  @Test(arguments: [(DitherSettings.Method.floyd, 8), (.bayer8, 3), (.bluenoise, 5)])
  func meansOfARampAreKept(method: DitherSettings.Method, limit: Int) throws {
    let ramp: [UInt8] = (0..<256 * 64).map { UInt8($0 % 256) }
    let output = try dithered(ramp, width: 256, colors: [0, 255], depth: 1, DitherSettings(method))
    var sum = 0
    for box in 0..<32 * 8 {
      var difference = 0
      for place in 0..<64 {
        let index = (box / 32 * 8 + place / 8) * 256 + box % 32 * 8 + place % 8
        difference += Int(output[index]) - Int(ramp[index])
      }
      sum += abs(difference)
    }
    #expect(sum < limit * 64 * 256, "\(Double(sum) / 64 / 256)")
  }
}
