import Clustering
import Testing

/// What an effort reaches.
struct EffortInertiaTests {
  /// Points around many equal centers, where a greedy start puts two centroids into some clusters and one between others.
  private static func points(centers: Int, perCenter: Int) -> PointSet {
    var generator = SplitMix64(seed: 3)
    let draw = { (limit: Int, generator: inout SplitMix64) in Int(generator.draw(below: UInt64(limit))) }
    var weights: [Int: Int] = [:]
    for _ in 0..<centers {
      let center = (0..<3).map { _ in 10 + draw(236, &generator) }
      for _ in 0..<perCenter {
        let point = center.map { $0 - 4 + draw(9, &generator) }
        weights[(point[0] << 8 | point[1]) << 8 | point[2], default: 0] += 1
      }
    }
    let codes = weights.keys.sorted()
    var set = PointSet(codes.map { [$0 >> 16, $0 >> 8 & 255, $0 & 255] }, upperBound: 255)
    set.weights = set.coordinates.map { weights[($0[0] << 8 | $0[1]) << 8 | $0[2]] ?? 0 }
    return set
  }

  @Test func allEffortsFindEqualClusters() throws {
    let tree = try AnyPointTree(Self.points(centers: 100, perCenter: 60).points())
    let inertias = try Effort.allCases.map { effort in
      var settings = KMeansSettings(clusterCount: 100)
      settings.effort = effort
      return try Double(KMeans(settings).cluster(tree).inertia)
    }
    #expect(inertias[0] <= 1.02 * inertias[2], "fast: \(inertias[0] / inertias[2])")
    #expect(inertias[1] <= 1.005 * inertias[2], "normal: \(inertias[1] / inertias[2])")
  }
}
