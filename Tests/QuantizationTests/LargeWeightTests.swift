import Clustering
import Quantization
import Testing

/// Sums that no image of today's size reaches: 2^40 pixels of a color, at the ends of the widest range.
///
/// The largest image that libnetpbm accepts has below 2^62 pixels. The weight of all points is below 2^63 then; a sum
/// of coordinates is not, but an image of such a number of pixels has 2^63 bytes and nobody has it.
@Suite struct LargeWeightTests {
  private static let weights = 1 << 40...(1 << 40) + 1000

  @Test(arguments: StartMethod.allCases + [nil])
  func clustersAreThoseOfPlainIntegers(start: StartMethod?) throws {
    var generator = SplitMix64(seed: 9)
    for (dimension, upperBound) in [(1, 65535), (3, 255), (4, 65535), (6, 65535)] {
      let set = PointSet(
        random: 150, dimension: dimension, upperBound: upperBound, weights: Self.weights, using: &generator)
      for count in [1, 7, 149] {
        var settings = KMeansSettings(clusterCount: count)
        settings.start = start
        let clustering = try KMeans(settings).cluster(set.points())
        expectLaws(clustering, of: set, count: count, isSettled: clustering.course?.isConverged == true)
      }
    }
  }

  /// Two points as far apart as can be, 2^42 times each: their inertia is far beyond an Int64.
  @Test func sumsOfSquaresExceedInt64() throws {
    var set = PointSet([[0, 0, 0, 0], [65535, 65535, 65535, 65535]], upperBound: 65535)
    set.weights = [1 << 42, 1 << 42]
    let clustering = try KMeans(KMeansSettings(clusterCount: 1)).cluster(set.points())
    let expected = (Int128(1) << 42) * 4 * (32767 * 32767 + 32768 * 32768)
    #expect(clustering.inertia == expected && expected > Int128(Int.max))
    let distortion = Distortion(
      inertia: clustering.inertia, pixelCount: 1 << 43, layout: TupleLayout(depth: 4, maxval: 65535))
    let square = (Double(32767 * 32767) + 32768 * 32768) / 2
    #expect(abs(distortion.meanSquaredError - 4 * square / 257 / 257) < 1e-6)
  }
}
