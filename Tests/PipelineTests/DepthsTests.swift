import Foundation
import Testing

/// `-depths`: palettes of the colors that a device can show.
@Suite struct DepthsTests {
  private func run(_ arguments: [String], _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(arguments, input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  /// The samples of a device with so many bits.
  private static func levels(_ bits: Int, maxval: Int) -> Set<Int> {
    let last = (1 << bits) - 1
    return Set((0...last).map { Int((Double($0 * maxval) / Double(last)).rounded()) })
  }

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 40, height: 20, maxval: 255),
    .noise(magic: 6, width: 40, height: 20, maxval: 1000),
    .noise(magic: 5, width: 40, height: 20, maxval: 255),
    .noise(magic: 7, width: 40, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    Photograph.part(width: 60, height: 40),
  ]

  @Test(
    arguments: images.indices,
    [
      [], ["-space", "oklab"], ["-space", "linear"], ["-effort", "fast"], ["-init", "kmeans++"],
      ["-method", "meanshift"], ["-alpha", "planes"], ["-emphasis", "0.5"], ["-floyd"], ["-shared"],
    ])
  func allColorsAreOnTheDevice(image: Int, options: [String]) throws {
    let image = Self.images[image]
    for bits in image.depth == 1 ? [[3], [7]] : [[3], [5, 6, 5], [8, 8, 1]] {
      let list = bits.map(String.init).joined(separator: ",")
      var line = ["-depths", list, "-mapout", "-"] + options
      if options.first != "-method" { line += ["-k", "6"] }
      let palette = try run(line, image)
      if options.isEmpty { #expect(palette.width == 6) }
      #expect(palette.colors.count == palette.width)
      for plane in 0..<min(3, image.depth) {
        let levels = Self.levels(bits.count == 1 ? bits[0] : bits[plane], maxval: image.maxval)
        #expect(palette.tuples.allSatisfy { levels.contains($0[plane]) }, "\(list) \(options)")
      }
      #expect(try run(line + ["-threads", "3"], image) == palette)
    }
  }

  /// Opacity has a number of its own.
  @Test func opacityIsOnTheDevice() throws {
    let image = Self.images[3]
    let palette = try run(["-k", "12", "-depths", "4,4,4,2", "-mapout", "-"], image)
    #expect(palette.tuples.allSatisfy { [0, 85, 170, 255].contains($0[3]) })
    #expect(palette.tuples.allSatisfy { $0.prefix(3).allSatisfy { $0 % 17 == 0 } })
    #expect(Set(palette.tuples.map { $0[3] }).count > 2)
    let free = try run(["-k", "12", "-depths", "4", "-mapout", "-"], image)
    #expect(free.tuples.allSatisfy { $0.prefix(3).allSatisfy { $0 % 17 == 0 } })
    #expect(free.tuples.contains { ![0, 85, 170, 255].contains($0[3]) })
  }

  /// Gray is optimal: no other choice of levels has a lower error.
  @Test(arguments: [1, 2, 3, 4, 6])
  func grayIsOptimal(count: Int) throws {
    let levels = Self.levels(3, maxval: 255).sorted()
    var image = NetpbmImage.noise(magic: 5, width: 30, height: 10, maxval: 255)
    image.samples = image.samples.map { $0 * $0 / 255 }
    func square(_ sample: Int, _ palette: [Int]) -> Int {
      palette.map { ($0 - sample) * ($0 - sample) }.min() ?? 0
    }
    var least = Int.max
    for choice in 0..<(1 << levels.count) where choice.nonzeroBitCount == count {
      let palette = levels.indices.filter { choice >> $0 & 1 == 1 }.map { levels[$0] }
      least = min(least, image.samples.reduce(0) { $0 + square($1, palette) })
    }
    let output = try run(["-k", "\(count)", "-depths", "3"], image)
    #expect(image.inertia(to: output) == least)
    let wide = NetpbmImage(
      magic: 6, width: 30, height: 10, depth: 3, maxval: 255, samples: image.samples.flatMap { [$0, $0, $0] })
    #expect(
      try run(["-k", "\(count)", "-depths", "3"], wide).samples.enumerated().allSatisfy {
        $1 == output.samples[$0 / 3]
      })
  }

  /// It beats the two ways of doing it with a pipe: rounding the image before, or the palette after.
  @Test(arguments: [4, 16, 32])
  func itBeatsRounding(count: Int) throws {
    let image = Photograph.part(width: 120, height: 80)
    let error = try image.inertia(to: run(["-k", "\(count)", "-depths", "3"], image))
    let scratch = try TemporaryDirectory()
    let path = scratch.path("image")
    try image.bytes.write(to: URL(fileURLWithPath: path))
    func rounded(_ command: String) throws -> Int {
      let outcome = try Program.shell(command, arguments: [path, "\(count)", scratch.path("palette")])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return image.inertia(to: try NetpbmImage(outcome.output))
    }
    let before = try rounded("pamdepth -quiet 7 \"$1\" | pamkmeans -k \"$2\" | pamdepth -quiet 255")
    let after = try rounded(
      """
      pamkmeans -k "$2" -mapout - "$1" | pamdepth -quiet 7 | pamdepth -quiet 255 >"$3"
      pamkmeans -mapfile "$3" "$1"
      """)
    #expect(error < before && error <= after)
  }

  @Test func colorsOfTheDeviceStay() throws {
    var image = NetpbmImage.noise(magic: 6, width: 20, height: 1, maxval: 255)
    image.samples = image.samples.map { $0 / 128 * 255 }
    #expect(try run(["-k", "8", "-depths", "1"], image) == image)
    #expect(try run(["-k", "9", "-depths", "3"], image) == image)
  }

  /// Where the device lacks colors, there are as many as there can be.
  @Test func fewColorsBecomeFewer() throws {
    var image = NetpbmImage.noise(magic: 6, width: 30, height: 1, maxval: 255)
    image.samples = image.samples.map { 100 + $0 % 8 }
    #expect(try run(["-k", "5", "-depths", "2"], image).colors == [[85, 85, 85]])
    #expect(try run(["-k", "200", "-depths", "2"], image).colors == [[85, 85, 85]])
    let noise = Self.images[0]
    #expect(try run(["-k", "20", "-depths", "1"], noise).colors.count == 8)
    #expect(try run(["-k", "5000", "-depths", "1"], noise).colors.count == 8)
    // Each pixel has the nearest color of all.
    for (before, after) in try zip(noise.samples, run(["-k", "8", "-depths", "1"], noise).samples) {
      #expect(after == (before < 128 ? 0 : 255))
    }
  }

  @Test func fixedColorsStay() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("123456 fedcba".utf8).write(to: URL(fileURLWithPath: path))
    let palette = try run(["-k", "6", "-depths", "2", "-fixed", path, "-mapout", "-"], Self.images[0])
    let fixed = [[0x12, 0x34, 0x56], [0xFE, 0xDC, 0xBA]]
    #expect(palette.width == 6 && Set(fixed).isSubset(of: palette.tuples))
    #expect(palette.tuples.filter { !fixed.contains($0) }.allSatisfy { $0.allSatisfy { $0 % 85 == 0 } })
  }

  @Test func aRatioIsReachedOnTheDevice() throws {
    let image = Photograph.part(width: 60, height: 40)
    let output = try run(["-psnr", "18", "-depths", "2"], image)
    #expect(output.samples.allSatisfy { $0 % 85 == 0 })
    let outcome = try Program.run(["-psnr", "60", "-depths", "1"], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.contains("dB"))
  }

  @Test(
    arguments: [
      ("0", "-depths: '0' is not one to four numbers of bits from 1 to 16, such as 5,6,5"),
      ("17", "-depths: '17' is not one to four numbers of bits from 1 to 16, such as 5,6,5"),
      ("5,,5", "-depths: '5,,5' is not one to four numbers of bits from 1 to 16, such as 5,6,5"),
      ("5,6", "-depths has numbers for 2 planes, but the image has 3"),
      ("5,6,5,1", "-depths has numbers for 4 planes, but the image has 3"),
    ])
  func badNumbersAreErrors(value: String, message: String) throws {
    let outcome = try Program.run(["-k", "3", "-depths", value], input: .bytes(Self.images[0].bytes))
    #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors == "pamkmeans: \(message)\n")
  }

  @Test func otherPlanesAreAnError() throws {
    let image = NetpbmImage.noise(magic: 7, depth: 3, maxval: 255, tupleType: "LAB")
    let outcome = try Program.run(["-k", "3", "-depths", "5"], input: .bytes(image.bytes))
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors == "pamkmeans: -depths is for gray and RGB, not for other planes\n")
  }
}
