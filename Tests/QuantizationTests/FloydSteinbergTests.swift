import Clustering
import Quantization
import Testing

struct FloydSteinbergTests {
  private static func mapped(
    _ image: [UInt8], width: Int, colors: [UInt8], depth: Int
  ) throws -> [UInt8] {
    try dithered(image, width: width, colors: colors, depth: depth, DitherSettings(.floyd))
  }

  private static let ramp: [UInt8] = (0..<64 * 64).map { UInt8($0 % 64 * 4) }

  @Test func localMeansAreKept() throws {
    let output = try Self.mapped(Self.ramp, width: 64, colors: [0, 255], depth: 1)
    var sum = 0
    for box in 0..<64 {
      var difference = 0
      for place in 0..<64 {
        let index = (box / 8 * 8 + place / 8) * 64 + box % 8 * 8 + place % 8
        difference += Int(output[index]) - Int(Self.ramp[index])
      }
      sum += abs(difference) / 64
    }
    // Undithered, the mean over the boxes is 64.
    #expect(sum / 64 < 8)
    #expect(output.allSatisfy { $0 == 0 || $0 == 255 })
  }

  @Test func imageThatFitsIsUnchanged() throws {
    let image: [UInt8] = (0..<300).flatMap { [[1, 2, 3], [9, 0, 77], [255, 4, 8]][$0 * $0 % 7 % 3] }
    let colors: [UInt8] = [1, 2, 3, 9, 0, 77, 255, 4, 8]
    let output = try Self.mapped(image, width: 20, colors: colors, depth: 3)
    #expect(output == image)
  }

  @Test func farPaletteCarriesNothingOut() throws {
    let image = [UInt8](repeating: 255, count: 32 * 4) + [UInt8](repeating: 10, count: 32 * 4)
    let output = try Self.mapped(image, width: 32, colors: [10, 20], depth: 1)
    #expect(output == [UInt8](repeating: 20, count: 32 * 4) + [UInt8](repeating: 10, count: 32 * 4))
  }

  /// The same by the definition, on whole pictures and in fractions, with errors carried in the same shares.
  private static func plain(_ image: [[Int]], width: Int, colors: [[Int]]) -> [[Int]] {
    let depth = colors[0].count
    var carried = [[Int]](repeating: [Int](repeating: 0, count: depth), count: image.count)
    var output = image
    for row in 0..<image.count / width {
      let isLeftward = row % 2 == 1
      for step in 0..<width {
        let column = isLeftward ? width - 1 - step : step
        let here = row * width + column
        let wanted = (0..<depth).map { min(max(16 * image[here][$0] + carried[here][$0], 0), 16 * 255) }
        let squares = colors.map { squaredDistance(wanted, $0.map { 16 * $0 }) }
        let color = colors[squares.firstIndex(of: squares.min() ?? 0) ?? 0]
        output[here] = color
        for plane in 0..<depth {
          let column = { (place: Int) in colors.map { 16 * $0[place] } }(plane)
          let (low, high) = (column.min() ?? 0, column.max() ?? 0)
          let margin = (high - low) / 4
          let error = min(max(wanted[plane], low - margin), high + margin) - 16 * color[plane]
          let shares = [error * 7 / 16, error * 3 / 16, error * 5 / 16]
          let way = isLeftward ? -1 : 1
          let rest = error - shares.reduce(0, +)
          for (down, along, share) in [
            (0, way, shares[0]), (1, -way, shares[1]), (1, 0, shares[2]), (1, way, rest),
          ] {
            let (x, y) = (here % width + along, row + down)
            if (0..<width).contains(x) && y < image.count / width { carried[y * width + x][plane] += share }
          }
        }
      }
    }
    return output
  }

  @Test(arguments: [1, 2, 3, 5])
  func isThatOfTheDefinition(depth: Int) throws {
    var generator = SplitMix64(seed: 1)
    // Palettes of few colors, of more than a cell lists and of more than have cells; the largest has many equally near
    // colors.
    for (width, count) in [(1, 2), (7, 3), (16, 30), (9, 700), (9, 6000)] {
      let step = count == 6000 ? 16 : 1
      let draw = { (generator: inout SplitMix64) in
        (0..<depth).map { _ in Int(generator.draw(below: UInt64(256 / step))) * step }
      }
      let image = (0..<width * 9).map { _ in draw(&generator) }
      let colors = Set((0..<count).map { _ in draw(&generator) })
        .sorted { $0.lexicographicallyPrecedes($1) }
      let output = try Self.mapped(
        image.flatMap { $0.map { UInt8($0) } }, width: width,
        colors: colors.flatMap { $0.map { UInt8($0) } }, depth: depth)
      #expect(output == Self.plain(image, width: width, colors: colors).flatMap { $0.map { UInt8($0) } })
    }
  }
}
