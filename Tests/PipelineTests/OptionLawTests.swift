import Foundation
import Testing

/// What the options promise that change what is chosen, or how it is written, for the random images and options of
/// `LawTests`.
@Suite struct OptionLawTests {
  /// A random image, the colors wanted and how to look for them.
  struct Sample {
    let image: NetpbmImage
    let options: [String]
    let count: Int
    var generator: NetpbmImage.Noise

    init(seed: Int) {
      generator = NetpbmImage.Noise(state: UInt64(1_000_000 + seed))
      image = LawTests.image(using: &generator)
      options = LawTests.options(using: &generator)
      count = [1, 2, 1 + generator.next(upTo: 20), image.colors.count][generator.next(upTo: 3)]
    }

    /// The image in `count` colors, with more options.
    func run(_ more: String...) throws -> NetpbmImage {
      try NetpbmImage(LawTests.run(options + ["-k", "\(count)"] + more, image))
    }
  }

  /// The peak signal-to-noise ratio between two images, in decibels.
  private static func decibels(_ image: NetpbmImage, _ output: NetpbmImage) -> Double {
    let samples = Double(image.samples.count) * Double(image.maxval) * Double(image.maxval)
    return 10 * log10(samples / Double(image.inertia(to: output)))
  }

  @Test(arguments: 1...LawTests.roundCount)
  func asManyColorsAsItTakes(seed: Int) throws {
    var sample = Sample(seed: seed)
    let (image, count) = (sample.image, sample.count)
    let wanted = Double(sample.generator.next(upTo: 60))
    let outcome = try Program.run(
      LawTests.arguments(sample.options + ["-psnr", "\(wanted)", "-k", "\(count)"], for: image),
      input: .bytes(image.bytes))
    let output = try NetpbmImage(outcome.output)
    let found = output.colors.count
    QuantizationLaws(image, output).expectFixpoint(found)
    #expect(found <= count)
    // Equal but for rounding where the ratio is what was wanted to the last bit.
    let isReached = Self.decibels(image, output) > wanted - 1e-9
    #expect(isReached || found == min(count, image.colors.count))
    #expect(outcome.errors.isEmpty == isReached)
    #expect(try LawTests.run(sample.options + ["-k", "\(found)"], image) == outcome.output)
    guard isReached, found > 1 else { return }
    let fewer = try NetpbmImage(LawTests.run(sample.options + ["-k", "\(found - 1)"], image))
    #expect(Self.decibels(image, fewer) < wanted + 1e-9)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func modesAreNearest(seed: Int) throws {
    var sample = Sample(seed: seed)
    let image = sample.image
    let bandwidth = Double(sample.generator.next(upTo: 100)) / 200
    let options = ["-method", "meanshift", "-bandwidth", "\(bandwidth)"]
    let bytes = try LawTests.run(options, image)
    let output = try NetpbmImage(bytes)
    let laws = QuantizationLaws(image, output)
    laws.expectNearest()
    #expect(laws.palette.count <= min(image.colors.count, 4096))
    if bandwidth == 0 { #expect(output.samples == image.samples) }
    #expect(try LawTests.run(options + ["-threads", "3"], image) == bytes)
    var shuffled = image
    shuffled.samples = image.tuples.shuffled(using: &sample.generator).flatMap { $0 }
    #expect(try NetpbmImage(LawTests.run(options, shuffled)).colors == output.colors)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func ditheredPixelsHaveColorsOfThePalette(seed: Int) throws {
    let sample = Sample(seed: seed)
    let dithered = try sample.run("-floyd")
    let whole = try sample.run()
    #expect(Set(dithered.colors).isSubset(of: whole.colors))
    #expect(try sample.run("-floyd", "-mapout", "-") == sample.run("-mapout", "-"))
    if sample.image.colors.count <= sample.count { #expect(dithered.samples == sample.image.samples) }
  }

  @Test(arguments: 1...LawTests.roundCount)
  func orderedPalettesAndNumbers(seed: Int) throws {
    var sample = Sample(seed: seed)
    let order = ["rgb", "count", "luminance"][sample.generator.next(upTo: 2)]
    let output = try sample.run()
    #expect(try sample.run("-sort", order) == output)
    let palette = try sample.run("-sort", order, "-mapout", "-")
    #expect(palette.tuples.sorted { $0.lexicographicallyPrecedes($1) } == output.colors)

    let pixels = Dictionary(grouping: output.tuples) { $0 }.mapValues(\.count)
    let keys = palette.tuples.map { color in
      switch order {
      case "count": -(pixels[color] ?? 0)
      case "luminance":
        output.magic % 3 == 0 ? 299 * color[0] + 587 * color[1] + 114 * color[2] : color.reduce(0, +)
      default: 0
      }
    }
    // What the planes of a PAM mean is no matter of this oracle.
    if order != "luminance" || output.magic != 7 {
      for place in keys.indices.dropLast() {
        let isBefore = palette.tuples[place].lexicographicallyPrecedes(palette.tuples[place + 1])
        #expect(keys[place] < keys[place + 1] || keys[place] == keys[place + 1] && isBefore)
      }
    }

    let numbers = try sample.run("-sort", order, "-index")
    #expect(numbers.magic == 5 && numbers.maxval == max(palette.width - 1, 1))
    #expect(numbers.samples.map { palette.tuples[$0] } == output.tuples)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func runsThatAreStopped(seed: Int) throws {
    var sample = Sample(seed: seed)
    let whole = try sample.run()
    for options in [["-maxiter", "\(sample.generator.next(upTo: 3))"], ["-tolerance", "0.01"]] {
      let stopped = try sample.run(options[0], options[1])
      let laws = QuantizationLaws(sample.image, stopped)
      laws.expectColorCount(sample.count)
      laws.expectNearest()
    }
    #expect(try sample.run("-maxiter", "1000000000") == whole)
    #expect(try sample.run("-tolerance", "0") == whole)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func startsFromAFile(seed: Int) throws {
    var sample = Sample(seed: seed)
    let scratch = try TemporaryDirectory()
    var start = sample.image
    start.width = 1 + sample.generator.next(upTo: 8)
    start.height = 1
    start.samples = (0..<start.width * start.depth).map { _ in sample.generator.next(upTo: start.maxval) }
    try start.bytes.write(to: URL(fileURLWithPath: scratch.path("start")))
    let bytes = try LawTests.run(["-initfile", scratch.path("start")], sample.image)
    QuantizationLaws(sample.image, try NetpbmImage(bytes)).expectFixpoint(start.colors.count)
    #expect(try LawTests.run(["-initfile", scratch.path("start"), "-threads", "2"], sample.image) == bytes)
  }

  @Test(arguments: 1...LawTests.roundCount)
  func plainIsRawInDigits(seed: Int) throws {
    let sample = Sample(seed: seed)
    let raw = try sample.run()
    let plain = try sample.run("-plain")
    #expect(plain.magic == (raw.magic == 7 ? 7 : raw.magic - 3))
    #expect(plain.with(magic: raw.magic) == raw)
  }
}
