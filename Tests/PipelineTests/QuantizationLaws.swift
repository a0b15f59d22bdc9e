import Testing

/// What holds between an image and what the program made of it, computed from the samples of both alone.
struct QuantizationLaws {
  let input: NetpbmImage
  let output: NetpbmImage

  /// A color of the input.
  private struct Entry {
    var color: [Int]
    var pixelCount: Int
    /// The index of the color it became, in `palette`.
    var label: Int
  }

  /// The colors of the output, in lexicographic order.
  let palette: [[Int]]
  private let entries: [Entry]
  /// Pixels alike before that are not alike after.
  private let strayCount: Int

  init(_ input: NetpbmImage, _ output: NetpbmImage) {
    self.input = input
    self.output = output
    palette = output.colors
    let labels = Dictionary(uniqueKeysWithValues: zip(palette, 0...))
    var entries: [[Int]: Entry] = [:]
    var strayCount = 0
    for (before, after) in zip(input.tuples, output.tuples) {
      let label = labels[after] ?? 0
      var entry = entries[before] ?? Entry(color: before, pixelCount: 0, label: label)
      if entry.label != label { strayCount += 1 }
      entry.pixelCount += 1
      entries[before] = entry
    }
    self.entries = Array(entries.values)
    self.strayCount = strayCount
  }

  /// The sum of squared distances between the pixels before and after.
  var inertia: Int { input.inertia(to: output) }

  /// Same kind of image, at most `colorCount` colors, and no fewer if there are as many.
  func expectColorCount(_ colorCount: Int) {
    var frame = input
    frame.samples = output.samples
    frame.magic = output.magic
    #expect(output == frame, "\(output.summary) from \(input.summary)")
    #expect(output.samples.count == input.samples.count)
    #expect(palette.count == min(colorCount, entries.count), "\(input.summary)")
    if entries.count <= colorCount { #expect(output.samples == input.samples, "\(input.summary)") }
  }

  /// Every pixel has the nearest color, of equals the lexicographically smallest.
  func expectNearest() {
    #expect(strayCount == 0)
    let depth = input.depth
    let flat = palette.flatMap { $0 }
    let wrongCount = entries.count { entry in
      var nearest = 0
      var least = Int.max
      for index in palette.indices {
        var distance = 0
        for plane in 0..<depth {
          let difference = entry.color[plane] - flat[index * depth + plane]
          distance += difference * difference
        }
        // The palette is in order: only what is nearer replaces what came before.
        if distance < least { (nearest, least) = (index, distance) }
      }
      return nearest != entry.label
    }
    #expect(wrongCount == 0, "\(wrongCount) colors of \(entries.count) are not mapped to the nearest")
  }

  /// Every color is the rounded mean of its pixels.
  func expectMeans() {
    var sums = palette.map { $0.map { _ in 0 } }
    var counts = palette.map { _ in 0 }
    for entry in entries {
      counts[entry.label] += entry.pixelCount
      for plane in entry.color.indices { sums[entry.label][plane] += entry.pixelCount * entry.color[plane] }
    }
    let wrong = palette.indices.filter { index in
      palette[index].indices.contains {
        abs(2 * (counts[index] * palette[index][$0] - sums[index][$0])) > counts[index]
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) colors of \(palette.count) are not the means of their pixels")
  }

  /// All of it: what the program promises of a run to the end.
  func expectFixpoint(_ colorCount: Int) {
    expectColorCount(colorCount)
    expectNearest()
    expectMeans()
  }
}

extension NetpbmImage {
  /// The sum of squared differences of the samples of two images of one size.
  func inertia(to other: NetpbmImage) -> Int {
    zip(samples, other.samples).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
