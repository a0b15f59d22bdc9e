import Foundation
import Testing

/// What the program promises, for random images and random options.
///
/// There are more rounds if the variable `PAMKMEANS_RELIABILITY` is set to a number of them; each has its own seed.
@Suite struct LawTests {
  static let roundCount =
    ProcessInfo.processInfo.environment["PAMKMEANS_RELIABILITY"].flatMap { Int($0) } ?? 25

  /// The tuple types with opacity, by their depths.
  static let opacityTypes = [2: "GRAYSCALE_ALPHA", 4: "RGB_ALPHA"]

  /// A random image, sometimes of few colors, sometimes of near ones.
  static func image(using generator: inout NetpbmImage.Noise) -> NetpbmImage {
    let magic = 1 + generator.next(upTo: 6)
    let maxvals = [1, 2, 3, 15, 100, 254, 255, 256, 1000, 4095, 65534, 65535]
    var image = NetpbmImage(
      magic: magic, width: 1 + generator.next(upTo: 30), height: 1 + generator.next(upTo: 20))
    if !image.isBitmap { image.maxval = maxvals[generator.next(upTo: maxvals.count - 1)] }
    if magic == 3 || magic == 6 { image.depth = 3 }
    if magic == 7 { image.depth = 1 + generator.next(upTo: 5) }
    if magic == 7, generator.next(upTo: 2) > 0 { image.tupleType = opacityTypes[image.depth] ?? "" }
    let low = generator.next(upTo: image.maxval)
    let spread = min([1, 5, image.maxval][generator.next(upTo: 2)], image.maxval - low)
    let tupleCount = 1 + generator.next(upTo: 400)
    let tuples = (0..<tupleCount).map { _ in
      (0..<image.depth).map { _ in low + generator.next(upTo: spread) }
    }
    for _ in 0..<image.width * image.height {
      // Some tuples are many pixels.
      image.samples += tuples[generator.next(upTo: generator.next(upTo: tupleCount - 1))]
    }
    return image
  }

  /// Random options that say how to cluster, to the end.
  static func options(using generator: inout NetpbmImage.Noise) -> [String] {
    let starts = ["random", "pixels", "kmeans++", "wu", "maximin"]
    var options: [String] = []
    switch generator.next(upTo: 4) {
    case 0, 1: options += ["-init", starts[generator.next(upTo: 4)]]
    case 2: options += ["-effort", ["fast", "normal", "best"][generator.next(upTo: 2)]]
    default: break
    }
    if generator.next(upTo: 2) == 0 { options += ["-runs", "\(1 + generator.next(upTo: 3))"] }
    if generator.next(upTo: 1) == 0 { options += ["-seed", "\(generator.next())"] }
    if generator.next(upTo: 3) == 0 { options += ["-memory", ["0", "1M", "1G"][generator.next(upTo: 2)]] }
    return options
  }

  /// The options, and that opacity is a plane like others, where nothing else is said: so the laws are the same.
  static func arguments(_ options: [String], for image: NetpbmImage) -> [String] {
    image.tupleType.hasSuffix("_ALPHA") && !options.contains("-alpha")
      ? options + ["-alpha", "planes"] : options
  }

  static func run(_ options: [String], _ image: NetpbmImage) throws -> Data {
    let outcome = try Program.run(arguments(options, for: image), input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options) \(image.summary): \(outcome.errors)")
    return outcome.output
  }

  @Test(arguments: 1...roundCount)
  func lawsHold(seed: Int) throws {
    var generator = NetpbmImage.Noise(state: UInt64(seed))
    let image = Self.image(using: &generator)
    let options = Self.options(using: &generator)
    let colorCount = image.colors.count
    let count = [1, 2, 1 + generator.next(upTo: 20), max(colorCount - 1, 1), colorCount, colorCount + 1][
      generator.next(upTo: 5)]
    let scratch = try TemporaryDirectory()
    let comment: Comment = "seed \(seed): -k \(count) \(options) \(image.summary), \(colorCount) colors"

    // Exactly K, nearest, rounded means; identity where it fits.
    let report = scratch.path("report")
    let bytes = try Self.run(options + ["-k", "\(count)", "-report", report], image)
    let output = try NetpbmImage(bytes)
    QuantizationLaws(image, output).expectFixpoint(count)

    // The report against a recount.
    let line = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report))) as? [String: Any])
    #expect(line["inertia"] as? Int == image.inertia(to: output), comment)
    #expect(line["colors_before"] as? Int == colorCount, comment)
    let palette = try #require(line["palette"] as? [[String: Any]])
    #expect(palette.map { $0["samples"] as? [Int] } == output.colors, comment)
    #expect(palette.compactMap { $0["pixels"] as? Int }.reduce(0, +) == image.width * image.height, comment)

    // The same bytes for any number of threads.
    for threads in [1, 2, 3, 8] {
      let again = try Self.run(options + ["-k", "\(count)", "-threads", "\(threads)"], image)
      #expect(again == bytes, comment)
    }
    // The same colors for shuffled pixels.
    var shuffled = image
    shuffled.samples = image.tuples.shuffled(using: &generator).flatMap { $0 }
    let mixed = try NetpbmImage(Self.run(options + ["-k", "\(count)"], shuffled))
    #expect(mixed.colors == output.colors, comment)
    // Each K of a list is the single run.
    let list = try Self.run(options + ["-k", "\(count),2,\(colorCount)"], image)
    let single = try [count, 2, colorCount].map { try Self.run(options + ["-k", "\($0)"], image) }
    #expect(list == single.reduce(Data(), +), comment)
    // With its own palette an image comes out as it did.
    let map = scratch.path("map")
    _ = try Self.run(options + ["-k", "\(count)", "-mapout", map], image)
    #expect(try NetpbmImage(Self.run(["-mapfile", map], image)).samples == output.samples, comment)
  }
}
