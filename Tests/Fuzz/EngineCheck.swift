import Quantization

/// Reduces a tiny image and compares the outcome with what plain arithmetic on its pixels says.
struct EngineCheck {
  private let given: EngineCase

  init(_ bytes: UnsafeRawBufferPointer) {
    given = EngineCase(bytes)
  }

  func check() throws {
    let histogram = try given.histogram()
    guard let reduction = try reduce(histogram, threadCount: given.settings.threadCount) else {
      let least = given.leastCount
      return try FuzzTarget.require(
        given.count < min(least, given.union.count), "\(given.count) are too few, not \(least)")
    }
    try checkCount(reduction)
    try check(reduction, histogram)
    for threadCount in 1...4 where threadCount != given.settings.threadCount {
      guard let again = try reduce(histogram, threadCount: threadCount) else {
        throw FuzzTarget.Failure(description: "too few colors for \(threadCount) threads only")
      }
      try FuzzTarget.require(
        colors(again) == colors(reduction) && labels(again, histogram) == labels(reduction, histogram),
        "\(colors(again)) for \(threadCount) threads, not \(colors(reduction))")
    }
  }

  /// The outcome; nil if there are too few colors.
  private func reduce(_ histogram: Histogram, threadCount: Int) throws -> Reduction? {
    let reducer = try given.reducer(histogram, threadCount: threadCount)
    do {
      switch given.aim {
      case .decibels: return try reducer.reduction(reaching: Double(given.goal), ceiling: given.count)
      case .modes: return try reducer.reduction(toModes: Double(given.goal) / 256)
      case .count: return try reducer.reduction(to: given.count)
      }
    } catch is TooFewColors {
      return nil
    }
  }

  private func colors(_ reduction: Reduction) -> [[Int]] {
    (0..<reduction.palette.count).map { entry in
      (0..<given.layout.depth).map { reduction.palette.sample(plane: $0, of: entry) }
    }
  }

  private func labels(_ reduction: Reduction, _ histogram: Histogram) throws -> [Int] {
    let labels = try reduction.mapping.labels(of: histogram)
    return withExtendedLifetime(labels) { labels.elements.map { Int($0) } }
  }

  private func checkCount(_ reduction: Reduction) throws {
    let found = reduction.palette.count
    let wanted = given.colorCount(given.count)
    switch given.aim {
    case .decibels:
      try FuzzTarget.require(found <= wanted, "\(found) colors beyond the ceiling")
      try FuzzTarget.require(
        found == wanted || !given.isExact || reduction.distortion.reaches(Double(given.goal)),
        "too few decibels")
    case .modes:
      try FuzzTarget.require(1...given.union.count ~= found, "\(found) modes")
    case .count:
      try FuzzTarget.require(
        found == wanted || !given.isExact && found < wanted, "\(found) colors, not \(wanted)")
    }
  }

  /// The mean over backgrounds of the squared difference of what is visible, in twelfths of a squared sample step divided
  /// by the square of maxval: Simpson's rule on black, middle gray and white.
  private static func visibleSquare(_ old: [Int], _ new: [Int], maxval: Int) -> Int128 {
    let last = old.count - 1
    var sum: Int128 = 0
    for plane in 0..<last {
      // Twice maxval times what is visible on the background `half` / 2.
      func visible(_ tuple: [Int], _ half: Int) -> Int {
        2 * tuple[plane] * tuple[last] + half * maxval * (maxval - tuple[last])
      }
      let squares = [0, 1, 2].map { half in
        let way = Int128(visible(old, half) - visible(new, half))
        return way * way
      }
      sum += (squares[0] + 4 * squares[1] + squares[2]) / 2
    }
    return sum
  }

  /// Compares with brute force: the fixed colors are there, all others are in use; what was opaque or transparent
  /// still is; the inertia; and, in samples, each color is nearest, of equals the first, and a rounded mean.
  private func check(_ reduction: Reduction, _ histogram: Histogram) throws {
    let palette = colors(reduction)
    for (first, second) in zip(palette, palette.dropFirst()) {
      try FuzzTarget.require(first.lexicographicallyPrecedes(second), "the palette \(palette)")
    }
    try FuzzTarget.require(Set(given.fixed).isSubset(of: palette), "\(given.fixed) are not in \(palette)")
    let labels = try labels(reduction, histogram)
    var sums = palette.map { $0.map { _ in 0 } }
    var weights = palette.map { _ in 0 }
    var inertia: Int128 = 0
    for index in 0..<histogram.count {
      let tuple = given.tuple(index, of: histogram)
      let weight = given.weight(tuple)
      let label = labels[index]
      try check(tuple, label, palette)
      weights[label] += weight
      let square =
        given.isPremultiplied
        ? Self.visibleSquare(tuple, palette[label], maxval: histogram.layout.maxval)
        : Int128(Self.square(tuple, palette[label]))
      inertia += Int128(given.pixels.count { $0 == tuple }) * square
      for plane in tuple.indices { sums[label][plane] += weight * tuple[plane] }
    }
    try FuzzTarget.require(reduction.distortion.inertia == inertia, "inertia is \(inertia)")
    let isAtRest = given.isPlain && given.isSettled && given.aim != .modes
    for (entry, color) in palette.enumerated() where !given.fixed.contains(color) {
      // An image that fits keeps also what does not count.
      let isKept = given.weights != nil && Set(palette) == given.union
      try FuzzTarget.require(weights[entry] > 0 || isKept, "\(color) of \(palette) has no pixels")
      for plane in color.indices where isAtRest {
        let excess = 2 * abs(weights[entry] * color[plane] - sums[entry][plane])
        try FuzzTarget.require(excess <= weights[entry], "\(color) is not the mean of its pixels")
      }
    }
  }

  /// Checks the color that a tuple is mapped to.
  private func check(_ tuple: [Int], _ label: Int, _ palette: [[Int]]) throws {
    if given.isPlain {
      let squares = palette.map { Self.square($0, tuple) }
      let nearest = squares.indices.reduce(0) { squares[$1] < squares[$0] ? $1 : $0 }
      try FuzzTarget.require(label == nearest, "\(tuple) is mapped to \(label) of \(palette), not \(nearest)")
    }
    guard given.isPremultiplied, let before = tuple.last, let after = palette[label].last else { return }
    let isOpaque = before == given.layout.maxval
    try FuzzTarget.require(!isOpaque || after == before, "\(tuple) is not opaque any more")
    try FuzzTarget.require(before != 0 || after == 0, "\(tuple) is not transparent any more")
  }

  private static func square(_ first: [Int], _ second: [Int]) -> Int {
    zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
