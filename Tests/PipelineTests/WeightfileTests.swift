import Foundation
import Testing

/// `-weightfile`: what the pixels count for.
@Suite struct WeightfileTests {
  private let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  private func file(_ images: [NetpbmImage]) throws -> String {
    let path = scratch.path("weights")
    try images.reduce(into: Data()) { $0 += $1.bytes }.write(to: URL(fileURLWithPath: path))
    return path
  }

  private func run(_ options: [String], _ images: [NetpbmImage]) throws -> [NetpbmImage] {
    let outcome = try Program.run(options, input: .bytes(images.reduce(into: Data()) { $0 += $1.bytes }))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(options): \(outcome.errors)")
    return try NetpbmImage.read(outcome.output)
  }

  /// Weights of 0 to `maxval` that look random.
  private static func weights(for image: NetpbmImage, maxval: Int, magic: Int = 5) -> NetpbmImage {
    .noise(magic: magic, width: image.width, height: image.height, maxval: maxval)
  }

  /// Each pixel as often as it counts, in one row.
  private static func repeated(_ image: NetpbmImage, _ weights: NetpbmImage) -> NetpbmImage {
    var repeated = image
    let tuples = zip(image.tuples, weights.samples).flatMap { Array(repeating: $0, count: $1) }
    repeated.width = tuples.count
    repeated.height = 1
    repeated.samples = tuples.flatMap { $0 }
    return repeated
  }

  private static let images = [
    NetpbmImage.noise(magic: 6, width: 31, height: 17, maxval: 255),
    .noise(magic: 2, width: 31, height: 17, maxval: 1000),
    .noise(magic: 7, width: 31, height: 17, depth: 5, maxval: 255),
    .noise(magic: 7, width: 31, height: 17, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
  ]

  @Test(arguments: images.indices, [1, 3, 300])
  func aWeightIsAsManyPixels(image: Int, maxval: Int) throws {
    let image = Self.images[image]
    let weights = Self.weights(for: image, maxval: maxval, magic: maxval == 1 ? 4 : maxval == 3 ? 2 : 5)
    let repeated = Self.repeated(image, weights)
    let path = try file([weights])
    let palette = scratch.path("palette")
    let sets = [
      ["-k", "9"], ["-k", "9", "-init", "pixels"], ["-k", "3", "-effort", "best"], ["-method", "meanshift"],
      ["-k", "5", "-space", "linear"],
    ]
    for options in sets where image.depth < 5 || !options.contains("-space") {
      let output = try run(options + ["-weightfile", path], [image])
      _ = try run(options + ["-mapout", palette], [repeated])
      let space = options.contains("-space") ? ["-space", "linear"] : []
      #expect(try output == run(["-mapfile", palette] + space, [image]), "\(options) \(image.summary)")
    }
  }

  /// What does not count gets no color of its own.
  @Test func aPartThatDoesNotMatterIsLeftToTheOthers() throws {
    let image = NetpbmImage(magic: 5, width: 6, height: 1, maxval: 255, samples: [0, 10, 100, 110, 200, 210])
    let weights = NetpbmImage(magic: 4, width: 6, height: 1, samples: [1, 1, 1, 1, 0, 0])
    let path = try file([weights])
    #expect(try run(["-k", "2", "-weightfile", path], [image])[0].samples == [5, 5, 105, 105, 105, 105])
    // Fewer colors count than are wanted.
    #expect(try run(["-k", "5", "-weightfile", path], [image])[0].samples == [0, 10, 100, 110, 110, 110])
    #expect(try run(["-k", "6", "-weightfile", path], [image])[0].samples == image.samples)
  }

  @Test func thereIsOneForEachImageOrOneForAll() throws {
    let images = (0..<3).map { index in
      var image = NetpbmImage.noise(magic: 6, width: 20, height: 10, maxval: 255)
      image.samples = image.samples.map { ($0 * (index + 1)) % 256 }
      return image
    }
    let weights = [1, 7, 255].map { Self.weights(for: images[0], maxval: $0) }
    let all = try run(["-k", "4", "-weightfile", file(weights)], images)
    for (index, image) in images.enumerated() {
      #expect(try [all[index]] == run(["-k", "4", "-weightfile", file([weights[index]])], [image]))
    }
    let one = try run(["-k", "4", "-weightfile", file([weights[2]])], images)
    for (index, image) in images.enumerated() {
      #expect(try [one[index]] == run(["-k", "4", "-weightfile", file([weights[2]])], [image]))
    }
    // Together with -shared.
    var whole = images[0]
    whole.height = 30
    whole.samples = images.flatMap(\.samples)
    var wholeWeights = weights[2]
    wholeWeights.height = 30
    wholeWeights.samples = (0..<3).flatMap { _ in weights[2].samples }
    let together = try run(["-k", "4", "-shared", "-weightfile", file([weights[2]])], images)
    let expected = try run(["-k", "4", "-weightfile", file([wholeWeights])], [whole])
    #expect(together.flatMap(\.samples) == expected[0].samples)
    // Of a palette alone no image is written, but weighed.
    let palette = try run(["-k", "4", "-mapout", "-", "-weightfile", file([weights[2]])], images)
    #expect(palette.map(\.colors) == one.map(\.colors))
  }

  @Test func wrongWeightsAreErrors() throws {
    let image = NetpbmImage.noise(magic: 6, width: 4, height: 3, maxval: 255)
    let good = Self.weights(for: image, maxval: 9)
    var zero = good
    zero.samples = zero.samples.map { _ in 0 }
    var turned = good
    (turned.width, turned.height) = (3, 4)
    let cases: [([NetpbmImage], Int, String)] = [
      ([zero], 1, "all weights are 0"),
      ([turned], 1, "weights of 3 x 4 pixels for an image of 4 x 3"),
      ([image], 1, "weights are gray, not of 3 planes"),
      ([good, good], 3, "there are weights for 2 images only"),
      ([good, good], 1, "there are weights for more images"),
    ]
    for (weights, count, message) in cases {
      let path = try file(weights)
      let outcome = try Program.run(
        ["-k", "2", "-weightfile", path],
        input: .bytes((0..<count).reduce(into: Data()) { bytes, _ in bytes += image.bytes }))
      #expect(outcome.status == 1)
      let place = count == 3 ? "image 3: " : ""
      #expect(outcome.errors == "pamkmeans: \(place)\(path): \(message) (-weightfile)\n")
    }
    let missing = try Program.run(
      ["-k", "2", "-weightfile", scratch.path("none")], input: .bytes(image.bytes))
    #expect(missing.status == 1 && missing.output.isEmpty)
    #expect(missing.errors.hasPrefix("pamkmeans: cannot open"))
  }
}
