import Clustering
import Quantization
import Testing

struct SampleEmbeddingTests {
  private func image(_ planes: Int, _ samples: [Int], maxval: Int) -> RawImage {
    RawImage(
      samples.map { [Int](repeating: $0, count: planes) }, layout: TupleLayout(depth: planes, maxval: maxval))
  }

  @Test(arguments: [2, 3, 4, 5], [255, 1000, 65535])
  func grayHasTheSameColorsHoweverItIsWritten(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth))
    let samples = (0..<300).map { _ in Int(generator.draw(below: UInt64(maxval / 2))) }
    let gray = try EmbeddedSamples(image(1, samples, maxval: maxval).tally().histogram())
    let wide = try EmbeddedSamples(image(depth, samples, maxval: maxval).tally().histogram())
    #expect(gray.planesPerCoordinate == 1)
    #expect(wide.planesPerCoordinate == depth)
    for start in StartMethod.allCases {
      var settings = KMeansSettings(clusterCount: 6)
      settings.start = start
      let narrow = try KMeans(settings).cluster(gray.points)
      let broad = try KMeans(settings).cluster(wide.points)
      #expect(narrow.inertia == broad.inertia)
      let levels = narrow.plainPositions.map { $0[0] }
      let expected = image(depth, levels, maxval: maxval)
      #expect(try wide.palette(broad).bytes == expected.bytes)
      #expect(try gray.palette(narrow).bytes == image(1, levels, maxval: maxval).bytes)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 6, 9], [255, 1000, 65535])
  func pointsAreTheTuples(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let image = RawImage(random: 200, layout: layout, using: &generator)
    let histogram = try image.tally().histogram()
    let space = EmbeddedSamples(histogram)
    let points = space.points
    #expect(points.count == histogram.count)
    #expect(points.dimension == depth)
    #expect(points.upperBound == maxval)
    #expect(firstDifference(points.weights.values, histogram.plainWeights) == nil)
    let coordinates = points.coordinates.values
    let tuples = (0..<points.count).map { point in
      (0..<depth).map { Int(coordinates[$0 * points.count + point]) }
    }
    #expect(firstDifference(tuples, histogram.plainTuples) == nil)
    #expect(space.planesPerCoordinate == 1)
  }

  @Test(arguments: [2, 3, 6, 9], [255, 1000, 65535])
  func paletteIsThePositionsAsTuples(depth: Int, maxval: Int) throws {
    var generator = SplitMix64(seed: UInt64(depth))
    let layout = TupleLayout(depth: depth, maxval: maxval)
    let image = RawImage(random: 200, layout: layout, using: &generator)
    let space = try EmbeddedSamples(image.tally().histogram())
    let clustering = try KMeans(KMeansSettings(clusterCount: 9)).cluster(space.points)
    let palette = try space.palette(clustering)
    #expect(palette.layout == layout)
    #expect(palette.count == 9)
    #expect(palette.bytes == RawImage.bytes(clustering.plainPositions, layout))
  }
}
