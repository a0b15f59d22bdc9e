import Clustering
import Memory
import Quantization

/// A tiny image made of bytes, and options for the engine made of them.
struct EngineCase {
  private(set) var setting: ColorSetting
  private(set) var settings = KMeansSettings(clusterCount: 1)
  let layout: TupleLayout
  private(set) var pixels: [[Int]] = []
  /// Colors that have to be in the palette, in lexicographic order.
  private(set) var fixed: [[Int]] = []
  /// Colors to start from, in lexicographic order; if there are none, the start is that of the settings.
  private(set) var start: [[Int]] = []
  /// What each pixel counts for, not 0 for all; nil is 1 for each.
  private(set) var weights: [Int]?
  /// Colors wanted.
  private(set) var count: Int
  let goal: UInt8

  /// What is wanted: decibels, modes or a number of colors.
  enum Aim { case decibels, modes, count }
  var aim: Aim { !start.isEmpty ? .count : goal % 4 == 0 ? .decibels : goal % 4 == 1 ? .modes : .count }

  init(_ bytes: UnsafeRawBufferPointer) {
    var rest = Array(bytes)[...]
    func next() -> UInt8 { rest.popFirst() ?? 0 }
    let maxvals = [1, 2, 3, 15, 254, 255, 256, 1000, 65534, 65535]
    let shape = next()
    let maxval = next()
    let exact = Int(maxval) % 32 < maxvals.count ? maxvals[Int(maxval) % 32] : Int(maxval) + 1
    let layout = TupleLayout(depth: 1 + Int(shape & 7) % 6, maxval: exact)
    self.layout = layout
    count = 1 + Int(next()) % 18
    goal = next()
    let starts: [StartMethod?] = StartMethod.allCases + [nil, nil, nil]
    let search = next()
    settings.start = starts[Int(search & 7) % starts.count]
    settings.effort = Effort.allCases[Int(search >> 3) % Effort.allCases.count]
    settings.runCount = 1 + Int(search >> 6) % 3
    settings.seed = UInt64(next())
    settings.threadCount = 1 + Int(shape >> 3 & 1)
    if shape & 0x10 != 0 { settings.iterationLimit = Int(shape >> 5) }
    if shape & 0x30 == 0x20 { settings.tolerance = Double(goal) / 1024 }
    let meaning = next()
    setting = Self.setting(meaning, depth: layout.depth)

    func tuple() -> [Int] {
      (0..<layout.depth).map { _ in
        let high = maxval % 32 > 5 && exact > 255 ? Int(next()) << 8 : 0
        let sample = high + Int(next())
        // The ends of opacity are what matters most.
        return setting.kind.hasOpacity && sample % 4 == 3 ? exact : sample % (exact + 1)
      }
    }
    // Those of the image by their numbers, and any others.
    let choices = (0..<Int(meaning >> 4 & 3)).map { _ in next() }
    var others = choices.filter { $0 & 1 == 1 }.map { _ in tuple() }
    let isWeighted = meaning & 0xC0 == 0x80 && isPlain && goal % 4 != 1
    let byteCount = layout.depth + (isWeighted ? 1 : 0)
    pixels = (0..<min(16, max(1, rest.count / byteCount))).map { _ in tuple() }
    others += choices.filter { $0 & 1 == 0 }.map { pixels[Int($0 >> 1) % pixels.count] }
    let given = Set(others).sorted { $0.lexicographicallyPrecedes($1) }
    if isWeighted {
      var weights = pixels.map { _ in Int(next()) % 4 }
      if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
      self.weights = weights
    } else if meaning & 0x40 != 0 && !given.isEmpty {
      start = given
      count = given.count
      settings.start = nil
    } else if goal % 4 != 1 {
      // Modes have no fixed colors.
      fixed = given
    }
  }

  private static func setting(_ meaning: UInt8, depth: Int) -> ColorSetting {
    let kinds = [
      1: TupleKind(.gray, hasOpacity: false), 2: TupleKind(.gray, hasOpacity: true),
      3: TupleKind(.rgb, hasOpacity: false), 4: TupleKind(.rgb, hasOpacity: true),
    ]
    guard meaning & 4 != 0, let kind = kinds[depth] else {
      return ColorSetting(kind: TupleKind(.planes(depth), hasOpacity: false))
    }
    var setting = ColorSetting(kind: kind)
    setting.space = [.sample, .sample, .linear, .oklab][Int(meaning & 3)]
    setting.opacity = meaning & 8 != 0 ? .planes : .premultiplied
    return setting
  }

  /// The samples as in a raw raster.
  func raw(_ tuples: [[Int]]) -> [UInt8] {
    tuples.flatMap { $0.flatMap { layout.maxval > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] } }
  }

  func histogram() throws -> Histogram { try histogram(pixels) }

  private func histogram(_ tuples: [[Int]]) throws -> Histogram {
    let tally = try Tally(layout: layout, expectedCount: tuples.count)
    try raw(tuples).withUnsafeBytes(tally.add)
    return try tally.histogram()
  }

  func reducer(_ histogram: Histogram, threadCount: Int) throws -> Reducer {
    var settings = settings
    settings.threadCount = threadCount
    let palette = fixed.isEmpty ? nil : try Palette(self.histogram(fixed))
    let given = start.isEmpty ? nil : UserPalette(try Palette(self.histogram(start)), kind: setting.kind)
    return Reducer(
      histogram, in: setting, settings: settings,
      weights: try weights == nil ? nil : tupleWeights(histogram), start: given, fixed: palette)
  }

  /// What each tuple of the histogram counts for.
  private func tupleWeights(_ histogram: Histogram) throws -> Storage<Int> {
    let sums = try Storage<Int>(count: histogram.count)
    for index in 0..<histogram.count {
      sums.base[index] = weight(tuple(index, of: histogram))
    }
    return sums
  }

  /// A tuple of the histogram.
  func tuple(_ index: Int, of histogram: Histogram) -> [Int] {
    (0..<layout.depth).map { Int(histogram.samples.base[$0 * histogram.count + index]) }
  }

  /// What a tuple counts for.
  func weight(_ tuple: [Int]) -> Int {
    zip(pixels, weights ?? pixels.map { _ in 1 }).reduce(0) { $0 + ($1.0 == tuple ? $1.1 : 0) }
  }
}

// MARK: - What is to be expected

extension EngineCase {
  /// Whether the run goes on until nothing changes.
  var isSettled: Bool { settings.iterationLimit == nil && settings.tolerance == 0 }

  var isPremultiplied: Bool { setting.isPremultiplied }

  /// Whether distances are those of the samples.
  var isPlain: Bool { setting.space == .sample && !isPremultiplied }

  /// Whether no two colors that differ can have the same coordinates.
  var isExact: Bool {
    isPlain || layout.maxval < 256 && (setting.space == .sample || !isPremultiplied)
  }

  /// The colors of the image and those that are fixed.
  var union: Set<[Int]> { Set(pixels + fixed) }

  /// The most colors there can be when there are to be `count`: all, or, where opacity matters, those that are seen
  /// and one that is transparent besides those that are fixed.
  func colorCount(_ count: Int) -> Int {
    if weights != nil {
      return count >= union.count ? union.count : min(count, union.filter { weight($0) > 0 }.count)
    }
    guard count < union.count, isPremultiplied else { return min(count, union.count) }
    let (visible, clear) = (union.filter { $0.last != 0 }.count, fixed.count { $0.last == 0 })
    return min(count, visible + max(clear, pixels.contains { $0.last == 0 } ? 1 : 0))
  }

  /// The fewest colors that do, where the image does not stay as it is.
  var leastCount: Int {
    guard isPremultiplied else { return max(fixed.count, 1) }
    let needsClear = pixels.contains { $0.last == 0 } && !fixed.contains { $0.last == 0 }
    let isServed =
      pixels.contains { $0.last == layout.maxval }
      ? fixed.contains { $0.last == layout.maxval }
      : !pixels.contains { $0.last != 0 } || fixed.contains { $0.last != 0 }
    return max(fixed.count + (needsClear ? 1 : 0) + (isServed ? 0 : 1), 1)
  }
}
