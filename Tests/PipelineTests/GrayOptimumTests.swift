import Foundation
import Testing

/// Gray images get the optimum, in whichever way they are written.
@Suite struct GrayOptimumTests {
  /// A gray image of few pixels and many tones.
  private static let image = NetpbmImage.noise(magic: 5, width: 16, height: 12, maxval: 255)

  private func report(_ options: String, _ image: NetpbmImage) throws -> [String: Any] {
    let directory = try TemporaryDirectory()
    let outcome = try Program.run(
      options.split(separator: " ").map(String.init) + ["-report", directory.path("report")],
      input: .bytes(image.bytes))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let text = try Data(contentsOf: URL(fileURLWithPath: directory.path("report")))
    return try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
  }

  /// The least sum of squares that so many grays can have, by a table over all pairs of tones.
  private func least(_ image: NetpbmImage, _ colorCount: Int) -> Int {
    let samples = image.samples.sorted()
    let tones = Set(samples).sorted()
    let pixels = tones.map { tone in samples.count { $0 == tone } }
    func cost(_ start: Int, _ end: Int) -> Int {
      let members = start..<end
      return (tones[start]...tones[end - 1]).map { center in
        members.reduce(0) { $0 + pixels[$1] * (tones[$1] - center) * (tones[$1] - center) }
      }.min() ?? 0
    }
    var costs = [[Int]](repeating: Array(repeating: 0, count: tones.count + 1), count: tones.count)
    for start in tones.indices {
      for end in start + 1...tones.count { costs[start][end] = cost(start, end) }
    }
    var least = costs[0]
    for _ in 1..<colorCount {
      var next = least
      for end in 1...tones.count {
        for start in 0..<end { next[end] = min(next[end], least[start] + costs[start][end]) }
      }
      least = next
    }
    return least[tones.count]
  }

  @Test(arguments: [2, 7, 20])
  func inertiaIsTheLeast(colorCount: Int) throws {
    let least = least(Self.image, colorCount)
    var planes = Self.image
    planes.magic = 6
    planes.depth = 3
    planes.samples = Self.image.samples.flatMap { [$0, $0, $0] }
    for effort in ["fast", "normal", "best"] {
      let line = try report("-k \(colorCount) -effort \(effort)", Self.image)
      #expect(line["inertia"] as? Int == least)
      #expect(line["optimal"] as? Bool == true)
      let colored = try report("-k \(colorCount) -effort \(effort)", planes)
      #expect(colored["inertia"] as? Int == 3 * least)
      #expect(colored["optimal"] as? Bool == true)
    }
    let plain = try report("-k \(colorCount) -init pixels", Self.image)
    #expect(plain["optimal"] as? Bool == false)
    #expect(try #require(plain["inertia"] as? Int) >= least)
    #expect(try report("-k \(colorCount) -space linear", Self.image)["optimal"] as? Bool == true)
    #expect(try report("-k \(colorCount) -space oklab", Self.image)["optimal"] as? Bool == true)
  }
}
