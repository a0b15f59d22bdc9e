import Foundation
import Testing

/// What the options promise that say what colors are, which there have to be and what pixels count for, for the random
/// images and options of `LawTests`.
@Suite struct ColorLawTests {
  private typealias Sample = OptionLawTests.Sample

  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private func file(_ name: String, _ image: NetpbmImage) throws -> String {
    try image.bytes.write(to: URL(fileURLWithPath: scratch.path(name)))
    return scratch.path(name)
  }

  private func palette(_ name: String) throws -> NetpbmImage {
    try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: scratch.path(name))))
  }

  @Test(arguments: 1...LawTests.roundCount)
  func fixedColorsAreThere(seed: Int) throws {
    var sample = Sample(seed: seed)
    let image = sample.image
    let (own, tuples) = (image.colors, image.tuples)
    var fixed = image
    (fixed.width, fixed.height, fixed.samples) = (1 + sample.generator.next(upTo: 5), 1, [])
    for _ in 0..<fixed.width {
      let isOwn = sample.generator.next(upTo: 1) == 0
      fixed.samples +=
        isOwn
        ? tuples[sample.generator.next(upTo: tuples.count - 1)]
        : (0..<image.depth).map { _ in sample.generator.next(upTo: image.maxval) }
    }
    let union = Set(own + fixed.colors).count
    let counts = [fixed.colors.count, fixed.colors.count + sample.generator.next(upTo: 20), union - 1, union]
    let count = max(counts[sample.generator.next(upTo: 3)], fixed.colors.count)
    let options =
      try sample.options + ["-k", "\(count)", "-fixed", file("fixed", fixed), "-mapout", scratch.path("map")]
    let bytes = try LawTests.run(options, image)
    let output = try NetpbmImage(bytes)
    let palette = try palette("map").colors
    let comment: Comment = "seed \(seed): \(options) \(image.summary)"
    #expect(palette.count == min(count, union), comment)
    #expect(Set(fixed.colors).isSubset(of: palette), comment)
    #expect(Set(palette).subtracting(fixed.colors).isSubset(of: output.colors), comment)
    if union <= count { #expect(output.samples == image.samples, comment) }
    expectNearest(image, output, palette, comment)
    expectMeans(image, output, except: fixed.colors, comment)
    #expect(try LawTests.run(options + ["-threads", "3"], image) == bytes, comment)
  }

  private func expectNearest(
    _ image: NetpbmImage, _ output: NetpbmImage, _ palette: [[Int]], _ comment: Comment
  ) {
    var nearest: [[Int]: [Int]] = [:]
    for tuple in image.colors {
      let squares = palette.map { zip($0, tuple).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      nearest[tuple] = palette[squares.indices.reduce(0) { squares[$1] < squares[$0] ? $1 : $0 }]
    }
    let wrong = zip(image.tuples, output.tuples).count { nearest[$0] != $1 }
    #expect(wrong == 0, comment)
  }

  private func expectMeans(
    _ image: NetpbmImage, _ output: NetpbmImage, except fixed: [[Int]], _ comment: Comment
  ) {
    var pixels: [[Int]: [[Int]]] = [:]
    for (before, after) in zip(image.tuples, output.tuples) { pixels[after, default: []].append(before) }
    for (color, own) in pixels where !fixed.contains(color) {
      for plane in color.indices {
        let sum = own.reduce(0) { $0 + $1[plane] }
        #expect(abs(2 * (own.count * color[plane] - sum)) <= own.count, comment)
      }
    }
  }

  @Test(arguments: 1...LawTests.roundCount)
  func spacesAndOpacity(seed: Int) throws {
    var sample = Sample(seed: 2_000_000 + seed)
    var image = sample.image
    // What is known to be gray or RGB, half of the time with opacity.
    let hasOpacity = sample.generator.next(upTo: 1) == 0
    if hasOpacity || image.magic == 7 {
      image.magic = 7
      image.depth = [1, 3][sample.generator.next(upTo: 1)] + (hasOpacity ? 1 : 0)
      image.tupleType = ["GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"][image.depth - 1]
      let maxval = image.maxval
      image.samples = (0..<image.width * image.height * image.depth).map { place in
        let isOpacity = hasOpacity && place % image.depth == image.depth - 1
        let end = isOpacity ? sample.generator.next(upTo: 2) : 2
        return end == 2 ? sample.generator.next(upTo: maxval) : end * maxval
      }
    }
    let space = ["sample", "linear", "oklab"][sample.generator.next(upTo: 2)]
    let count = 2 + sample.generator.next(upTo: 20)
    let options = sample.options + ["-k", "\(count)", "-space", space, "-alpha", "premultiplied"]
    let bytes = try LawTests.run(options, image)
    let output = try NetpbmImage(bytes)
    let comment: Comment = "seed \(seed): \(options) \(image.summary)"
    expectLaws(image, output, count, space, comment)
    #expect(try LawTests.run(options + ["-threads", "3"], image) == bytes, comment)
    var shuffled = image
    shuffled.samples = image.tuples.shuffled(using: &sample.generator).flatMap { $0 }
    let mixed = try NetpbmImage(LawTests.run(options, shuffled))
    #expect(mixed.colors == output.colors, comment)
  }

  private func expectLaws(
    _ image: NetpbmImage, _ output: NetpbmImage, _ count: Int, _ space: String, _ comment: Comment
  ) {
    let hasOpacity = image.tupleType.hasSuffix("_ALPHA")
    let clear = hasOpacity ? image.colors.filter { $0.last == 0 } : []
    let different = image.colors.count - clear.count + min(clear.count, 1)
    #expect(output.colors.count <= max(count, 1), comment)
    guard image.colors.count > count else {
      #expect(output.samples == image.samples, comment)
      return
    }
    // The darkest of large maxvals, and what hardly shows, can be one color.
    if image.maxval < 256 && (!hasOpacity || space == "sample") {
      #expect(output.colors.count == min(count, different), comment)
    }
    let palette = output.colors.map { (tuple: $0, place: WorkingColor($0, of: image, space: space)) }
    var farthest = 0.0
    for (before, after) in zip(image.tuples, output.tuples) {
      let isOpaque = hasOpacity && before.last == image.maxval
      #expect(!isOpaque || after.last == image.maxval, comment)
      #expect(!hasOpacity || before.last != 0 || after.last == 0, comment)
      let color = WorkingColor(before, of: image, space: space)
      let allowed = palette.filter { !isOpaque || $0.tuple.last == image.maxval }
      let least = allowed.map { color.square(to: $0.place) }.min() ?? 0
      let square = color.square(to: WorkingColor(after, of: image, space: space))
      farthest = max(farthest, square.squareRoot() - least.squareRoot())
    }
    // The program's coordinates are whole numbers of 65535ths.
    #expect(farthest < 6.0 / 65535, comment)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func sharedImagesAreAsOne(seed: Int) throws {
    var sample = Sample(seed: seed)
    var rest = sample.image.samples[...]
    var parts = Data()
    while !rest.isEmpty {
      var part = sample.image
      let rowSize = part.width * part.depth
      part.height = 1 + sample.generator.next(upTo: rest.count / rowSize - 1)
      part.samples = Array(rest.prefix(part.height * rowSize))
      rest = rest.dropFirst(part.height * rowSize)
      parts += part.bytes
    }
    let arguments = LawTests.arguments(
      sample.options + ["-k", "\(sample.count)", "-shared"], for: sample.image)
    let outcome = try Program.run(arguments, input: .bytes(parts))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let whole = try sample.run()
    #expect(try NetpbmImage.read(outcome.output).flatMap(\.samples) == whole.samples, "seed \(seed)")
  }

  @Test(arguments: 1...LawTests.roundCount)
  func weightsAreAsManyPixels(seed: Int) throws {
    var sample = Sample(seed: seed)
    let image = sample.image
    var weights = NetpbmImage(magic: 5, width: image.width, height: image.height, maxval: 3)
    weights.samples = image.tuples.map { _ in sample.generator.next(upTo: 3) }
    weights.samples[0] = 1
    var repeated = image
    repeated.samples = zip(image.tuples, weights.samples).flatMap { Array(repeating: $0, count: $1) }
      .flatMap { $0 }
    repeated.width = repeated.samples.count / image.depth
    repeated.height = 1
    let weighted = try sample.run("-weightfile", file("weights", weights))
    guard image.colors.count > sample.count else { return #expect(weighted.samples == image.samples) }
    let options = sample.options + ["-k", "\(sample.count)", "-mapout", scratch.path("map")]
    _ = try LawTests.run(options, repeated)
    let mapped = try NetpbmImage(LawTests.run(["-mapfile", scratch.path("map")], image))
    #expect(weighted == mapped, "seed \(seed): \(sample.options) -k \(sample.count) \(image.summary)")
  }

  @Test(arguments: 1...LawTests.roundCount)
  func ditheredPixelsHaveColorsOfThePalette(seed: Int) throws {
    var sample = Sample(seed: seed)
    let method = ["floyd", "bayer8", "bluenoise"][sample.generator.next(upTo: 2)]
    let dithered = try sample.run("-dither", method)
    let whole = try sample.run()
    #expect(Set(dithered.colors).isSubset(of: whole.colors))
    #expect(try sample.run("-dither", method, "-mapout", "-") == sample.run("-mapout", "-"))
    #expect(try sample.run("-dither", method, "-threads", "3") == dithered)
    #expect(try sample.run("-dither", method, "-ditherstrength", "0") == whole)
    if sample.image.colors.count <= sample.count { #expect(dithered.samples == sample.image.samples) }
  }
}
