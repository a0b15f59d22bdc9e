import Foundation
import Testing

/// `-dither` and `-floyd`, in the program.
@Suite struct DitherTests {
  private static let photograph = Papers.path("examples/photo.jpg")

  /// The mean over boxes of 8 x 8 pixels of how far their means are apart, planes summed.
  private func localError(_ first: NetpbmImage, _ second: NetpbmImage) -> Double {
    var sum = 0.0
    let (columns, rows) = (first.width / 8, first.height / 8)
    for box in 0..<columns * rows {
      for plane in 0..<first.depth {
        var difference = 0
        for place in 0..<64 {
          let row = box / columns * 8 + place / 8
          let index = (row * first.width + box % columns * 8 + place % 8) * first.depth + plane
          difference += first.samples[index] - second.samples[index]
        }
        sum += Double(abs(difference)) / 64
      }
    }
    return sum / Double(columns * rows)
  }

  @Test(arguments: ["floyd", "bayer8", "bluenoise"])
  func localMeansAreRightAndTheColorsThePalettes(method: String) throws {
    let scratch = try TemporaryDirectory()
    let photo = scratch.path("photo.ppm")
    let made = try Program.shell(
      "jpegtopnm -quiet \"$1\" | pamscale -quiet -reduce 4 >\"$2\"", arguments: [Self.photograph, photo])
    #expect(made.status == 0)
    let image = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: photo)))
    for colorCount in ["2", "8", "16"] {
      let plain = try NetpbmImage(Program.run(["-k", colorCount, photo]).output)
      let dithered = try Program.run([
        "-k", colorCount, "-dither", method, "-mapout", scratch.path("palette"), photo,
      ])
      let output = try NetpbmImage(dithered.output)
      // Of two colors most of the photograph is no mixture.
      let part = colorCount == "2" ? 1 : 0.75
      #expect(localError(output, image) < part * localError(plain, image))
      #expect(Set(output.tuples).isSubset(of: Set(plain.tuples)))
      let again = try Program.run([
        "-mapfile", scratch.path("palette"), "-dither", method, "-threads", "2", photo,
      ])
      #expect(again.output == dithered.output)
      let indices = try NetpbmImage(
        Program.run([
          "-k", colorCount, "-dither", method, "-index", "-sort", "count", "-mapout", scratch.path("sorted"),
          photo,
        ])
        .output)
      let palette = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: scratch.path("sorted"))))
      #expect(indices.samples.map { palette.tuples[$0] } == output.tuples)
    }
  }

  @Test func whatFitsIsNotChanged() throws {
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    for method in ["floyd", "bayer8", "bluenoise"] {
      let outcome = try Program.run(["-k", "45", "-dither", method], input: .bytes(image.bytes))
      #expect(outcome.output == image.bytes)
    }
  }

  /// Each goal of a list, and each image of a stream, is dithered from its own first row on.
  @Test(arguments: ["floyd", "bayer8", "bluenoise"])
  func streamsAndListsAreDitheredOneByOne(method: String) throws {
    let (first, second) = (
      Photograph.part(width: 50, height: 37).bytes, NetpbmImage.noise(magic: 5, maxval: 999).bytes
    )
    let both = try Program.run(["-k", "3,5", "-dither", method], input: .bytes(first + second))
    var expected = Data()
    for image in [first, second] {
      for count in ["3", "5"] {
        expected += try Program.run(["-k", count, "-dither", method], input: .bytes(image)).output
      }
    }
    #expect(both.output == expected)
  }

  @Test(arguments: ["floyd", "bayer8", "bluenoise"])
  func strengthIsByDegrees(method: String) throws {
    let image = Photograph.part(width: 128, height: 128)
    let errors = try ["0", "0.5", "1"].map { strength in
      let line = ["-k", "8", "-dither", method, "-ditherstrength", strength]
      return localError(try NetpbmImage(Program.run(line, input: .bytes(image.bytes)).output), image)
    }
    let plain = try NetpbmImage(Program.run(["-k", "8"], input: .bytes(image.bytes)).output)
    #expect(errors[0] == localError(plain, image) && errors[1] < errors[0] && errors[2] < errors[1])
  }

  /// Also where some of its tuples are one color or lie on one place.
  @Test(arguments: ["floyd", "bayer8", "bluenoise"])
  func anImageThatFitsIsNotChanged(method: String) throws {
    var clear = NetpbmImage.noise(
      magic: 7, width: 4, height: 1, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for pixel in 0..<4 { clear.samples[4 * pixel + 3] = [0, 255, 0, 128][pixel] }
    var dark = NetpbmImage.noise(magic: 5, width: 6, height: 1, maxval: 65535)
    dark.samples = [0, 1, 2, 3, 4, 60000]
    for (image, options) in [(clear, ["-k", "4"]), (dark, ["-k", "6", "-space", "linear"])] {
      for more in [[], ["-sort", "luminance"]] {
        let line = options + more + ["-dither", method]
        #expect(try Program.run(line, input: .bytes(image.bytes)).output == image.bytes, "\(line)")
        let plain = try Program.run(options + more + ["-index"], input: .bytes(image.bytes)).output
        #expect(try Program.run(line + ["-index"], input: .bytes(image.bytes)).output == plain, "\(line)")
        #expect(try NetpbmImage(plain).colors.count == image.colors.count)
      }
    }
  }

  @Test func otherColorsThanTheImagesAreAnError() throws {
    let scratch = try TemporaryDirectory()
    try Data("000000\nffffff\n".utf8).write(to: URL(fileURLWithPath: scratch.path("colors.hex")))
    let outcome = try Program.run(
      ["-mapfile", scratch.path("colors.hex"), "-floyd"],
      input: .bytes(NetpbmImage.noise(magic: 5, maxval: 255).bytes))
    #expect(outcome.status == 1)
    #expect(
      outcome.errors
        == "pamkmeans: the colors have other planes or another maxval than the image (-dither): pgmtoppm, ppmtopgm or "
        + "pamdepth makes them alike\n")
  }

  /// Light mixes in linear light, samples in samples.
  @Test(arguments: ["floyd", "bayer8", "bluenoise"])
  func errorsAreMadeUpForWhereDistancesAreTaken(method: String) throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.pgm")
    try NetpbmImage(magic: 5, width: 2, height: 1, maxval: 255, samples: [0, 255]).bytes
      .write(to: URL(fileURLWithPath: path))
    // 188 is half of the light of white, and 0.737 of its sample.
    let image = NetpbmImage(
      magic: 5, width: 64, height: 64, maxval: 255, samples: [Int](repeating: 188, count: 4096))
    for (space, part) in [("linear", 0.503), ("sample", 0.737)] {
      let output = try NetpbmImage(
        Program.run(["-mapfile", path, "-space", space, "-dither", method], input: .bytes(image.bytes)).output
      )
      let white = Double(output.samples.count { $0 == 255 }) / 4096
      #expect(abs(white - part) < 0.02, "\(space)")
    }
  }

  /// What was opaque stays so, what was transparent too, and edges between become a mixture.
  @Test(arguments: ["floyd", "bayer8", "bluenoise"], ["sample", "linear", "oklab"])
  func opacityIsKept(method: String, space: String) throws {
    var image = NetpbmImage.noise(
      magic: 7, width: 64, height: 64, depth: 4, maxval: 255, tupleType: "RGB_ALPHA")
    for pixel in 0..<4096 { image.samples[4 * pixel + 3] = min(max(pixel / 64 * 8 - 128, 0), 255) }
    let options = ["-k", "6", "-space", space]
    let dithered = try NetpbmImage(
      Program.run(options + ["-dither", method], input: .bytes(image.bytes)).output)
    let plain = try NetpbmImage(Program.run(options, input: .bytes(image.bytes)).output)
    #expect(Set(dithered.tuples).isSubset(of: plain.tuples) && dithered != plain)
    for (before, after) in zip(image.tuples, dithered.tuples) {
      #expect(before[3] != 255 || after[3] == 255)
      #expect(before[3] != 0 || after[3] == 0)
    }
    // Of one color the opacity of a row comes out right.
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.pam")
    var colors = image
    (colors.width, colors.height, colors.samples) = (2, 1, [200, 30, 30, 255, 0, 0, 0, 0])
    try colors.bytes.write(to: URL(fileURLWithPath: path))
    var red = image
    red.samples = (0..<4096).flatMap { [200, 30, 30, image.samples[4 * $0 + 3]] }
    let output = try NetpbmImage(
      Program.run(
        ["-mapfile", path, "-space", space, "-dither", method], input: .bytes(red.bytes)
      ).output)
    for rows in stride(from: 16, to: 48, by: 8) {
      let sums = [red, output].map { image in
        (rows * 64..<(rows + 8) * 64).reduce(0) { $0 + image.samples[4 * $1 + 3] }
      }
      #expect(abs(sums[0] - sums[1]) < 512 * 12, "rows from \(rows)")
    }
  }
}
