import Foundation
import Testing

/// `-alpha`: what opacity is to colors.
@Suite struct OpacityTests {
  private func run(_ options: [String], _ image: NetpbmImage) throws -> NetpbmImage {
    let outcome = try Program.run(options, input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options): \(outcome.errors)")
    return try NetpbmImage(outcome.output)
  }

  /// Noise with many tuples of the ends of opacity.
  private static func image(_ type: String, maxval: Int, hasTranslucent: Bool = true) -> NetpbmImage {
    let depth = type == "RGB_ALPHA" ? 4 : 2
    var image = NetpbmImage.noise(
      magic: 7, width: 29, height: 19, depth: depth, maxval: maxval, tupleType: type)
    for (pixel, place) in stride(from: depth - 1, to: image.samples.count, by: depth).enumerated() {
      switch pixel % 4 {
      case 0: image.samples[place] = 0
      case 1: image.samples[place] = maxval
      case 2 where !hasTranslucent: image.samples[place] = maxval
      case _ where !hasTranslucent: image.samples[place] = 0
      default: break
      }
    }
    return image
  }

  private static let images = [
    image("RGB_ALPHA", maxval: 255), image("RGB_ALPHA", maxval: 65535), image("RGB_ALPHA", maxval: 7),
    image("GRAYSCALE_ALPHA", maxval: 255), image("GRAYSCALE_ALPHA", maxval: 1000),
    image("RGB_ALPHA", maxval: 255, hasTranslucent: false),
    image("RGB_ALPHA", maxval: 1000, hasTranslucent: false),
    image("GRAYSCALE_ALPHA", maxval: 255, hasTranslucent: false),
  ]

  /// Where all visible pixels have one color, so has the output, whatever becomes of their opacities.
  @Test(
    arguments: [[0, 0, 0], [255, 255, 255], [220, 40, 40], [7, 130, 251]],
    [[192, 255, 255], [240, 255, 255], [20, 21, 21]])
  func oneColorStaysThatColor(color: [Int], opacities: [Int]) throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    image.samples = [0, 0, 0, 0] + opacities.flatMap { color + [$0] }
    let output = try run(["-k", "2"], image)
    let opacity = opacities.max() ?? 0
    #expect(output.tuples == [[0, 0, 0, 0]] + Array(repeating: color + [opacity], count: 3))
  }

  /// An entry's color lies among the colors of the pixels, plane by plane.
  @Test(arguments: [3, 5, 8])
  func colorsLieAmongThoseOfThePixels(colorCount: Int) throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 30, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for index in image.samples.indices where index % 4 < 3 {
      image.samples[index] = 60 + image.samples[index] % 100
    }
    let visible = try run(["-k", "\(colorCount)"], image).tuples.filter { $0[3] > 0 }
    #expect(!visible.isEmpty)
    #expect(visible.allSatisfy { $0.prefix(3).allSatisfy { (60..<160).contains($0) } })
  }

  private func expectLaws(_ image: NetpbmImage, _ output: NetpbmImage, _ count: Int, space: String) {
    #expect(output.colors.count == count, "\(image.summary)")
    let maxval = image.maxval
    let isOpaque = { (tuple: [Int]) in tuple.last == maxval }
    let palette = output.colors.map { (tuple: $0, place: WorkingColor($0, of: image, space: space)) }
    #expect(palette.filter { $0.tuple.last == 0 }.count == 1)
    var farthest = 0.0
    for (before, after) in zip(image.tuples, output.tuples) {
      #expect(!isOpaque(before) || isOpaque(after))
      #expect((before.last != 0) || (after.last == 0))
      let color = WorkingColor(before, of: image, space: space)
      let allowed = palette.filter { !isOpaque(before) || isOpaque($0.tuple) }
      let least = allowed.map { color.square(to: $0.place) }.min() ?? 0
      let square = color.square(to: WorkingColor(after, of: image, space: space))
      farthest = max(farthest, square.squareRoot() - least.squareRoot())
    }
    // The program's coordinates are whole numbers of 65535ths, of gray a third of its squares.
    #expect(farthest < 6.0 / 65535, "\(image.summary), \(count) colors")
  }

  @Test(arguments: images.indices, ["sample", "linear", "oklab"])
  func eachPixelGetsTheNearestItMayHave(image: Int, space: String) throws {
    let image = Self.images[image]
    for (count, options) in [(2, []), (9, []), (9, ["-init", "pixels"]), (30, ["-effort", "fast"])] {
      let output = try run(["-k", "\(count)", "-space", space] + options, image)
      expectLaws(image, output, count, space: space)
    }
  }

  /// What it is for: seen before gray backgrounds it is nearer than where opacity is a plane like others.
  @Test func itIsTheBestBeforeAllBackgrounds() throws {
    for image in Self.images.prefix(5) {
      let planes = try run(["-k", "12", "-alpha", "planes"], image)
      let seen = try run(["-k", "12"], image)
      func error(_ output: NetpbmImage) -> Double {
        var sum = 0.0
        for background in stride(from: 0.0, through: 1, by: 0.125) {
          for (before, after) in zip(image.tuples, output.tuples) {
            for plane in 0..<image.depth - 1 {
              let (a, b) = (before[image.depth - 1], after[image.depth - 1])
              let maxval = Double(image.maxval)
              let first = Double(before[plane] * a) / maxval + background * Double(image.maxval - a)
              let second = Double(after[plane] * b) / maxval + background * Double(image.maxval - b)
              sum += (first - second) * (first - second) / maxval / maxval
            }
          }
        }
        return sum
      }
      #expect(error(seen) < error(planes), "\(image.summary)")
    }
  }

  @Test func planesAreAsIfTheyMeantNothing() throws {
    for image in Self.images {
      var unknown = image
      unknown.tupleType = "UNKNOWN"
      for count in ["1", "8"] {
        let output = try run(["-k", count, "-alpha", "planes"], image)
        #expect(try output.samples == run(["-k", count], unknown).samples)
      }
    }
  }

  @Test(arguments: [255, 1000])
  func opaqueImagesAreAsWithoutOpacity(maxval: Int) throws {
    let rgb = NetpbmImage.noise(magic: 6, width: 30, height: 20, maxval: maxval)
    var image = rgb
    image.magic = 7
    image.depth = 4
    image.tupleType = "RGB_ALPHA"
    image.samples = rgb.tuples.flatMap { $0 + [maxval] }
    for count in [1, 11] {
      let expected = try run(["-k", "\(count)"], rgb).tuples.map { $0 + [maxval] }
      #expect(try run(["-k", "\(count)"], image).tuples == expected)
      // Transparent pixels are a color more and change no other.
      var more = image
      more.height += 1
      more.samples += (0..<image.width).flatMap { [$0 % 5, 1, 2, 0] }
      let output = try run(["-k", "\(count + 1)"], more)
      #expect(Array(output.tuples.prefix(expected.count)) == expected)
      #expect(output.tuples.suffix(image.width).allSatisfy { $0 == [0, 1, 2, 0] })
    }
  }

  @Test func anImageThatFitsStaysAsItIs() throws {
    for image in Self.images {
      #expect(try run(["-k", "\(image.colors.count)"], image).samples == image.samples)
      let output = try run(["-k", "\(image.colors.count - 1)"], image)
      // All transparent tuples are one color, and the others have room.
      let visible = image.colors.filter { $0.last != 0 }
      #expect(output.colors.filter { $0.last != 0 } == visible, "\(image.summary)")
      #expect(output.colors.count == visible.count + 1)
    }
  }

  @Test func oneColorIsNotEnoughForTransparentAndOthers() throws {
    var clear = Self.images[0]
    clear.samples = clear.tuples.flatMap { [$0[0], $0[1], $0[2], 0] }
    for image in Self.images {
      let outcome = try Program.run(["-k", "1"], input: .bytes(image.bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(
        outcome.errors
          == "pamkmeans: 1 color is too few: with transparent pixels and fixed colors, it takes at least 2\n")
      let list = try Program.run(["-k", "3,1"], input: .bytes(image.bytes))
      #expect(list.status == 1 && list.output.isEmpty && list.errors == outcome.errors)
      let second = try Program.run(["-k", "1"], input: .bytes(clear.bytes + image.bytes))
      #expect(try second.output == Program.run(["-k", "1"], input: .bytes(clear.bytes)).output)
      #expect(second.errors == outcome.errors.replacing("pamkmeans: ", with: "pamkmeans: image 2: "))
      // Two are the fewest that are tried for a ratio.
      #expect(try run(["-psnr", "1"], image).colors.count >= 2)
    }
    #expect(try run(["-k", "1"], clear).colors == [clear.colors[0]])
  }

  @Test func grayHasTheSameColorsHoweverItIsWritten() throws {
    for gray in Self.images where gray.depth == 2 {
      var rgb = gray
      rgb.depth = 4
      rgb.tupleType = "RGB_ALPHA"
      rgb.samples = gray.tuples.flatMap { [$0[0], $0[0], $0[0], $0[1]] }
      for space in ["sample", "oklab"] {
        let options = ["-k", "8", "-space", space]
        let expected = try run(options, gray).tuples.map { [$0[0], $0[0], $0[0], $0[1]] }
        #expect(try run(options, rgb).tuples == expected)
      }
    }
  }

  @Test func theImageComesFromItsPaletteAgain() throws {
    let scratch = try TemporaryDirectory()
    let palette = scratch.path("palette")
    for image in Self.images {
      for (order, count) in [("rgb", "2"), ("luminance", "9"), ("count", "25")] {
        let output = try run(["-k", count, "-sort", order, "-mapout", palette], image)
        #expect(try run(["-mapfile", palette], image) == output, "\(image.summary)")
      }
    }
  }

  /// Also where it keeps all its tuples, and some of them are one color.
  @Test func anImageThatFitsComesFromItsPaletteAgain() throws {
    let scratch = try TemporaryDirectory()
    let palette = scratch.path("palette")
    var dark = NetpbmImage.noise(magic: 5, width: 6, height: 1, maxval: 65535)
    dark.samples = [0, 1, 2, 3, 4, 60000]
    for (image, options) in Self.images.map({ ($0, []) }) + [(dark, ["-space", "linear"])] {
      #expect(try run(["-k", "10000", "-mapout", palette] + options, image).samples == image.samples)
      #expect(try run(["-mapfile", palette] + options, image).samples == image.samples, "\(image.summary)")
    }
  }

  @Test func otherImagesGetWhatTheyMayHave() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("palette")
    let palette = NetpbmImage(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
      samples: [0, 0, 0, 255, 255, 0, 0, 255, 200, 200, 200, 128, 9, 9, 9, 0])
    try palette.bytes.write(to: URL(fileURLWithPath: path))
    // Opaque pixels get opaque colors, though a translucent one is nearer.
    let rgb = NetpbmImage(
      magic: 6, width: 2, height: 1, depth: 3, maxval: 100, samples: [80, 80, 80, 70, 0, 0])
    #expect(try run(["-mapfile", path], rgb).tuples.allSatisfy { $0[3] == 255 })
    let gray = NetpbmImage(
      magic: 7, width: 3, height: 1, depth: 2, maxval: 255, tupleType: "GRAYSCALE_ALPHA",
      samples: [3, 255, 200, 120, 77, 0])
    #expect(
      try run(["-mapfile", path], gray).tuples == [[0, 0, 0, 255], [200, 200, 200, 128], [9, 9, 9, 0]])
  }

  /// An opaque image needs the same number of colors with opacity as without, and has the same error.
  @Test func opaqueImagesHaveTheErrorOfColors() throws {
    let color = NetpbmImage.noise(magic: 6, width: 40, height: 30, maxval: 255)
    var opaque = color
    (opaque.magic, opaque.depth, opaque.tupleType) = (7, 4, "RGB_ALPHA")
    opaque.samples = color.tuples.flatMap { $0 + [255] }
    let reports = try [color, opaque].map { image in
      try report(["-psnr", "18"], image)
    }
    for key in ["k", "mse", "psnr", "inertia"] {
      let values = reports.map { $0[key] as? NSObject }
      #expect(values[0] != nil && values[0] == values[1], "\(key): \(values)")
    }
  }

  /// What is hardly visible hardly counts: a white pixel of opacity 3 that becomes transparent.
  @Test func invisibleErrorsAreSmall() throws {
    let image = NetpbmImage(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA",
      samples: [255, 255, 255, 3, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 0])
    let visible = try report(["-k", "2"], image)
    // On the background b the pixel changes by 3 (1 - b) of 255, whose mean square is 3.
    let mse = 3.0 * 3 / 4
    #expect(abs(try #require(visible["mse"] as? Double) - mse) < 1e-9)
    #expect(abs(try #require(visible["psnr"] as? Double) - 10 * log10(255 * 255 * 3 / mse)) < 1e-9)
  }

  private func report(_ arguments: [String], _ image: NetpbmImage) throws -> [String: Any] {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("report")
    let outcome = try Program.run(arguments + ["-report", path], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let report = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    return try #require(report as? [String: Any])
  }
}
