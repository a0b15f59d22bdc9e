import Foundation
import Testing

/// Palettes of the image's own colors: `-snap`.
@Suite struct SnapTests {
  private func run(_ arguments: [String], _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(arguments, input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  /// Flat colors with half of both between them: the flat colors stay.
  @Test func flatColorsStayExactly() throws {
    let brand = [[0, 82, 155], [255, 255, 255], [230, 0, 40]]
    var samples: [Int] = []
    for column in 0..<60 {
      switch column {
      case 24: samples += [128, 169, 205]
      case 49: samples += [243, 128, 148]
      default: samples += brand[column < 24 ? 0 : column < 49 ? 1 : 2]
      }
    }
    let image = NetpbmImage(magic: 6, width: 60, height: 1, depth: 3, maxval: 255, samples: samples)
    #expect(try Set(run(["-k", "3", "-snap"], image).colors) == Set(brand))
    #expect(try !Set(brand).isSubset(of: run(["-k", "3"], image).colors))
  }

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 40, height: 20, maxval: 255),
    .noise(magic: 5, width: 40, height: 20, maxval: 1000),
    .noise(magic: 7, width: 40, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 40, height: 20, depth: 5, maxval: 99),
  ]

  @Test(
    arguments: images.indices,
    [
      [], ["-space", "oklab"], ["-effort", "fast"], ["-init", "wu"], ["-alpha", "planes"],
      ["-emphasis", "0.5"],
    ])
  func thereAreExactlyKColorsThatOccur(image: Int, options: [String]) throws {
    let image = Self.images[image]
    guard image.depth < 5 || options.first != "-space" else { return }
    for count in [2, 7, 30] {
      let snapped = try run(["-k", "\(count)", "-snap"] + options, image)
      #expect(snapped.colors.count == count)
      #expect(Set(snapped.colors).isSubset(of: image.tuples))
      #expect(try run(["-k", "\(count)", "-snap", "-threads", "3"] + options, image) == snapped)
    }
  }

  /// No other pixel of a cluster would cost less in place of its entry.
  @Test func eachEntryIsTheBestOfItsCluster() throws {
    let image = Self.images[0]
    for count in [2, 5, 12] {
      let snapped = try run(["-k", "\(count)", "-snap"], image)
      var clusters: [[Int]: [[Int]]] = [:]
      for (before, after) in zip(image.tuples, snapped.tuples) { clusters[after, default: []].append(before) }
      func cost(_ color: [Int], _ members: [[Int]]) -> Int {
        members.reduce(0) { $0 + zip(color, $1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      }
      let own = clusters.reduce(0) { $0 + cost($1.key, $1.value) }
      let best = clusters.values.reduce(0) { sum, members in
        sum + (members.map { cost($0, members) }.min() ?? 0)
      }
      // The last step that no longer lowers the error is not taken.
      #expect(own >= best && Double(own) <= 1.02 * Double(best))
      let plain = try image.inertia(to: run(["-k", "\(count)"], image))
      #expect(Double(own) <= 1.15 * Double(plain))
    }
  }

  /// With -memory similar colors are merged, but not if the palette has to be of the image's own colors.
  @Test func colorsAreNotMerged() throws {
    let image = NetpbmImage.noise(magic: 6, width: 300, height: 300, maxval: 255)
    let palette = try run(["-k", "8", "-effort", "fast", "-snap", "-memory", "1", "-mapout", "-"], image)
    #expect(Set(palette.tuples).isSubset(of: image.tuples))
    let scratch = try TemporaryDirectory()
    try image.bytes.write(to: URL(fileURLWithPath: scratch.path("all")))
    #expect(try run(["-mapfile", scratch.path("all"), "-exact", "-memory", "1"], image) == image)
  }

  @Test func fixedColorsStay() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("123456 fedcba".utf8).write(to: URL(fileURLWithPath: path))
    let palette = try run(["-k", "6", "-snap", "-fixed", path, "-mapout", "-"], Self.images[0])
    let fixed = [[0x12, 0x34, 0x56], [0xFE, 0xDC, 0xBA]]
    #expect(palette.width == 6 && Set(fixed).isSubset(of: palette.tuples))
    #expect(palette.tuples.filter { !fixed.contains($0) }.allSatisfy(Self.images[0].tuples.contains))
  }

  @Test func transparentPixelsStayTransparent() throws {
    var image = Self.images[2]
    for place in stride(from: 0, to: image.samples.count, by: 4) {
      image.samples[place + 3] = [0, 255, 120][place / 4 % 3]
    }
    let snapped = try run(["-k", "6", "-snap"], image)
    #expect(snapped.colors.count == 6 && Set(snapped.colors).isSubset(of: image.tuples))
    for (before, after) in zip(image.tuples, snapped.tuples) where before[3] != 120 {
      #expect(after[3] == before[3])
    }
  }
}
