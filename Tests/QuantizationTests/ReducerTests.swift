import Clustering
import Quantization
import Testing

struct ReducerTests {
  private static let layouts = [
    TupleLayout(depth: 1, maxval: 255), TupleLayout(depth: 2, maxval: 15), TupleLayout(depth: 3, maxval: 255),
    TupleLayout(depth: 3, maxval: 1000), TupleLayout(depth: 4, maxval: 65535),
    TupleLayout(depth: 7, maxval: 3),
  ]

  private func settings(_ start: StartMethod?, _ count: Int = 1) -> KMeansSettings {
    var settings = KMeansSettings(clusterCount: count)
    settings.start = start
    settings.seed = 3
    return settings
  }

  private func setting(_ histogram: Histogram) -> ColorSetting {
    ColorSetting(kind: TupleKind(.planes(histogram.layout.depth), hasOpacity: false))
  }

  /// A gray image of as many planes as its layout has.
  private func gray(_ layout: TupleLayout, using generator: inout SplitMix64) -> RawImage {
    RawImage(
      (0..<300).map { _ in
        let sample = Int(generator.draw(below: UInt64(layout.maxval + 1)))
        return [Int](repeating: sample, count: layout.depth)
      }, layout: layout)
  }

  @Test(arguments: [nil, .pixels, .wu] as [StartMethod?])
  func eachReductionIsThatOfAClusteringAlone(start: StartMethod?) throws {
    var generator = SplitMix64(seed: 1)
    for layout in Self.layouts {
      let histogram = try RawImage(random: 400, layout: layout, using: &generator).tally().histogram()
      let reducer = Reducer(histogram, in: setting(histogram), settings: settings(start))
      for count in [7, 2, histogram.count - 1, 7, histogram.count, 1, histogram.count + 1, 30]
      where count >= 1 {
        let reduction = try reducer.reduction(to: count)
        #expect(reduction.wantedCount == count)
        guard count < histogram.count else {
          #expect(reduction.clustering == nil)
          #expect(try reduction.palette.bytes == Palette(histogram).bytes)
          #expect(reduction.distortion.inertia == 0)
          continue
        }
        let space = EmbeddedSamples(histogram)
        let alone = try KMeans(settings(start, count)).cluster(space.points)
        let clustering = try #require(reduction.clustering)
        #expect(clustering.plainPositions == alone.plainPositions)
        #expect(clustering.plainLabels == alone.plainLabels)
        #expect(clustering.course?.history == alone.course?.history)
        #expect(try reduction.palette.bytes == space.palette(alone).bytes)
      }
    }
  }

  @Test func inertiasAreThoseOfTheTuples() throws {
    var generator = SplitMix64(seed: 2)
    for layout in Self.layouts {
      for image in [
        RawImage(random: 400, layout: layout, using: &generator), gray(layout, using: &generator),
      ] {
        let histogram = try image.tally().histogram()
        let reducer = Reducer(histogram, in: setting(histogram), settings: settings(nil))
        let count = min(9, histogram.count - 1)
        let reduction = try reducer.reduction(to: count)
        let clustering = try #require(reduction.clustering)
        let labels = clustering.plainLabels
        var expected = [Int128](repeating: 0, count: count)
        for (index, tuple) in histogram.plainTuples.enumerated() {
          let color = (0..<layout.depth).map { reduction.palette.sample(plane: $0, of: labels[index]) }
          expected[labels[index]] += Int128(squaredDistance(tuple, color) * histogram.plainWeights[index])
        }
        #expect(
          try reduction.mapping.losses(
            of: histogram, by: ErrorMeasure(setting(histogram), layout)
          ).values.map(\.inertia) == expected)
        #expect(reduction.distortion.inertia == expected.reduce(0, +))
        #expect(reduction.distortion.pixelCount == image.pixels.count)
      }
    }
  }

  @Test(arguments: [nil, .random] as [StartMethod?])
  func oneColorLessDoesNotReachTheRatio(start: StartMethod?) throws {
    var generator = SplitMix64(seed: 3)
    for layout in Self.layouts {
      let histogram = try RawImage(random: 300, layout: layout, using: &generator).tally().histogram()
      for decibels in [0, 10, 17.5, 25, 40, 1000] {
        for ceiling in [1, 2, 12, histogram.count - 1, histogram.count, 1000] where ceiling >= 1 {
          let reducer = Reducer(histogram, in: setting(histogram), settings: settings(start))
          let reduction = try reducer.reduction(reaching: decibels, ceiling: ceiling)
          let count = try #require(reduction.wantedCount)
          #expect(count <= min(ceiling, histogram.count))
          #expect(try reduction.palette.bytes == reducer.reduction(to: count).palette.bytes)
          if reduction.distortion.reaches(decibels) {
            #expect(try count == 1 || !reducer.reduction(to: count - 1).distortion.reaches(decibels))
          } else {
            #expect(count == ceiling && ceiling < histogram.count)
          }
        }
      }
    }
  }

  /// Colors in a palette of their own, in lexicographic order.
  private func palette(_ colors: Set<[Int]>, _ layout: TupleLayout) throws -> Palette {
    let sorted = colors.sorted { $0.lexicographicallyPrecedes($1) }
    return try RawImage.bytes(sorted, layout).withUnsafeBytes { try Palette(layout: layout, tuples: $0) }
  }

  private func colors(_ palette: Palette) -> [[Int]] {
    (0..<palette.count).map { entry in
      (0..<palette.layout.depth).map { palette.sample(plane: $0, of: entry) }
    }
  }

  @Test func fixedColorsAreInThePalette() throws {
    var generator = SplitMix64(seed: 4)
    for layout in Self.layouts {
      for image in [
        RawImage(random: 400, layout: layout, using: &generator), gray(layout, using: &generator),
      ] {
        let histogram = try image.tally().histogram()
        let other = RawImage(random: 5, layout: layout, using: &generator).pixels
        let fixed = Set(other + histogram.plainTuples.prefix(2))
        let union = fixed.union(histogram.plainTuples)
        let reducer = Reducer(
          histogram, in: setting(histogram), settings: settings(nil), fixed: try palette(fixed, layout))
        for count in [fixed.count, fixed.count + 3, union.count - 1, union.count, union.count + 1] {
          let reduction = try reducer.reduction(to: count)
          let colors = colors(reduction.palette)
          #expect(fixed.isSubset(of: colors))
          #expect(colors.count == min(count, union.count))
          #expect(colors == Set(colors).sorted { $0.lexicographicallyPrecedes($1) })
          #expect((reduction.clustering == nil) == (count >= union.count))
          let labels = try reduction.mapping.labels(of: histogram).values
          for (tuple, label) in zip(histogram.plainTuples, labels) {
            let square = squaredDistance(tuple, colors[Int(label)])
            #expect(square == colors.map { squaredDistance(tuple, $0) }.min())
          }
        }
      }
    }
  }
}
