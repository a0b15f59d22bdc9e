import Quantization

/// Reduces a tiny image made of the bytes, with options made of them, and compares the outcome with what plain
/// arithmetic on its pixels says.
struct EngineCheck {
  private var bytes: ArraySlice<UInt8>
  private let layout: TupleLayout
  private var pixels: [[Int]] = []
  private var settings = KMeansSettings(clusterCount: 1)
  private let count: Int
  private let goal: UInt8

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = Array(bytes)[...]
    let maxvals = [1, 2, 3, 15, 254, 255, 256, 1000, 65534, 65535]
    let shape = Self.next(&self.bytes)
    let maxval = Self.next(&self.bytes)
    let exact = Int(maxval) % 32 < maxvals.count ? maxvals[Int(maxval) % 32] : Int(maxval) + 1
    layout = TupleLayout(depth: 1 + Int(shape & 7) % 6, maxval: exact)
    count = 1 + Int(Self.next(&self.bytes)) % 18
    goal = Self.next(&self.bytes)
    let starts: [KMeansSettings.Start?] = KMeansSettings.Start.allCases + [nil, nil, nil]
    let start = Self.next(&self.bytes)
    settings.start = starts[Int(start & 7) % starts.count]
    settings.effort = KMeansSettings.Effort.allCases[Int(start >> 3) % KMeansSettings.Effort.allCases.count]
    settings.runCount = 1 + Int(start >> 6) % 3
    settings.seed = UInt64(Self.next(&self.bytes))
    settings.threadCount = 1 + Int(shape >> 3 & 1)
    if shape & 0x10 != 0 { settings.iterationLimit = Int(shape >> 5) }
    if shape & 0x30 == 0x20 { settings.tolerance = Double(goal) / 1024 }
    let tupleCount = min(16, max(1, self.bytes.count / layout.depth))
    pixels = (0..<tupleCount).map { _ in
      (0..<layout.depth).map { _ in
        let high = maxval % 32 > 5 && exact > 255 ? Int(Self.next(&self.bytes)) << 8 : 0
        return (high + Int(Self.next(&self.bytes))) % (exact + 1)
      }
    }
  }

  private static func next(_ bytes: inout ArraySlice<UInt8>) -> UInt8 { bytes.popFirst() ?? 0 }

  func check() throws {
    let tally = try Tally(layout: layout, expectedCount: pixels.count)
    try raw.withUnsafeBytes(tally.add)
    let histogram = try tally.histogram()
    let kind = TupleKind(.planes(layout.depth), hasOpacity: false)
    let reducer = Reducer(histogram, in: Reducer.Setting(kind: kind), settings: settings)
    let colorCount = Set(pixels).count
    switch goal % 4 {
    case 0:
      let decibels = Double(goal)
      let reduction = try reducer.reduction(reaching: decibels, ceiling: count)
      let found = reduction.palette.count
      try FuzzTarget.require(found <= min(count, colorCount), "\(found) colors beyond the ceiling")
      try FuzzTarget.require(
        found == min(count, colorCount) || reduction.distortion.reaches(decibels), "too few decibels")
      try check(reduction, histogram, isSettled: isSettled)
    case 1:
      let reduction = try reducer.reduction(toModes: Double(goal) / 256)
      try FuzzTarget.require(1...colorCount ~= reduction.palette.count, "\(reduction.palette.count) modes")
      try check(reduction, histogram, isSettled: false)
    default:
      let reduction = try reducer.reduction(to: count)
      let found = reduction.palette.count
      let wanted = min(count, colorCount)
      try FuzzTarget.require(found == wanted, "\(found) colors, not \(count) of \(colorCount)")
      try check(reduction, histogram, isSettled: isSettled)
    }
  }

  /// Whether the run goes on until nothing changes.
  private var isSettled: Bool { settings.iterationLimit == nil && settings.tolerance == 0 }

  private var raw: [UInt8] {
    pixels.flatMap { $0.flatMap { layout.maxval > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] } }
  }

  /// Compares with brute force: each color nearest, of equals the first; all in use; rounded means; the inertia.
  private func check(_ reduction: Reduction, _ histogram: Histogram, isSettled: Bool) throws {
    let palette = (0..<reduction.palette.count).map { entry in
      (0..<layout.depth).map { reduction.palette.sample(plane: $0, of: entry) }
    }
    for (first, second) in zip(palette, palette.dropFirst()) {
      try FuzzTarget.require(first.lexicographicallyPrecedes(second), "the palette \(palette)")
    }
    let labels = try reduction.mapping.labels(of: histogram)
    var sums = palette.map { $0.map { _ in 0 } }
    var weights = palette.map { _ in 0 }
    var inertia = 0
    for index in 0..<histogram.count {
      let tuple = (0..<layout.depth).map { Int(histogram.samples.elements[$0 * histogram.count + index]) }
      let weight = pixels.count { $0 == tuple }
      let squares = palette.map { color in
        zip(color, tuple).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let nearest = squares.indices.reduce(0) { squares[$1] < squares[$0] ? $1 : $0 }
      let label = Int(labels.elements[index])
      try FuzzTarget.require(label == nearest, "\(tuple) is mapped to \(label) of \(palette), not \(nearest)")
      weights[label] += weight
      inertia += weight * squares[label]
      for plane in tuple.indices { sums[label][plane] += weight * tuple[plane] }
    }
    try FuzzTarget.require(reduction.distortion.inertia == Int128(inertia), "inertia is \(inertia)")
    try FuzzTarget.require(!weights.contains(0), "colors without pixels: \(weights) of \(palette)")
    guard isSettled else { return }
    for (entry, color) in palette.enumerated() {
      for plane in color.indices {
        let excess = 2 * abs(weights[entry] * color[plane] - sums[entry][plane])
        try FuzzTarget.require(excess <= weights[entry], "\(color) is not the mean of its pixels")
      }
    }
  }
}
