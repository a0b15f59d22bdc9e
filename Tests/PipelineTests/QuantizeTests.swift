import Foundation
import Testing

/// What comes out of photographs.
@Suite struct QuantizeTests {
  private static let methods = ["random", "pixels", "kmeans++", "wu", "maximin"]
  private static let randomMethods = ["random", "pixels", "kmeans++"]

  /// Some hundred colors and some thousand.
  private static let small = Photograph.part(width: 40, height: 30)
  private static let medium = Photograph.part(width: 160, height: 120)

  /// Runs the program and has what it wrote.
  private static func bytes(_ options: String, _ input: Data) throws -> Data {
    let outcome = try Program.run(options.split(separator: " ").map(String.init), input: .bytes(input))
    #expect(outcome.status == 0, "\(options)")
    #expect(outcome.errors.isEmpty, "\(options)")
    return outcome.output
  }

  private static func image(_ options: String, _ input: NetpbmImage) throws -> NetpbmImage {
    try NetpbmImage(bytes(options, input.bytes))
  }

  private static func inertia(_ options: String, _ input: NetpbmImage) throws -> Int {
    try input.inertia(to: image(options, input))
  }

  // MARK: The laws

  @Test(arguments: [1, 2, 7, 16, 64, 256])
  func photographsReachTheFixpoint(colorCount: Int) throws {
    #expect(Self.medium.colors.count > 4000)
    QuantizationLaws(Self.medium, try Self.image("-k \(colorCount)", Self.medium)).expectFixpoint(colorCount)
  }

  @Test(arguments: methods, [1, 2, 7, 16, 64, 300])
  func everyStartReachesTheFixpoint(method: String, colorCount: Int) throws {
    #expect(Self.small.colors.count > 300)
    let output = try Self.image("-init \(method) -k \(colorCount)", Self.small)
    QuantizationLaws(Self.small, output).expectFixpoint(colorCount)
  }

  /// The last colors are the hardest to tell apart.
  @Test(arguments: methods)
  func colorsMayBeNearlyAsManyAsThereAre(method: String) throws {
    let count = Self.small.colors.count
    for colorCount in [count - 1, count, count + 1] {
      let output = try Self.image("-init \(method) -k \(colorCount)", Self.small)
      QuantizationLaws(Self.small, output).expectFixpoint(colorCount)
    }
  }

  @Test func manyPixelsOfFewColors() throws {
    // One color is nearly all of the image, and centroids round to each other.
    var image = NetpbmImage.noise(magic: 6, width: 100, height: 50, maxval: 3)
    for index in image.samples.indices where index > 300 { image.samples[index] = 2 }
    for colorCount in 1...12 {
      for method in Self.methods {
        let output = try Self.image("-init \(method) -k \(colorCount)", image)
        QuantizationLaws(image, output).expectFixpoint(colorCount)
      }
    }
  }

  // MARK: The same bytes

  @Test func theSameBytesForAnyNumberOfThreads() throws {
    for options in ["-k 16", "-k 7 -init kmeans++ -seed 5"] {
      let one = try Self.bytes("\(options) -threads 1", Photograph.whole)
      #expect(try NetpbmImage(one).colors.count == (options.hasPrefix("-k 16") ? 16 : 7))
      for threads in ["", "-threads 1", "-threads 2", "-threads 7"] {
        #expect(try Self.bytes("\(options) \(threads)", Photograph.whole) == one, "\(options) \(threads)")
      }
    }
  }

  @Test(arguments: methods)
  func theOrderOfPixelsDoesNotMatter(method: String) throws {
    var generator = NetpbmImage.Noise(state: 3)
    var shuffled = Self.small
    shuffled.samples = Self.small.tuples.shuffled(using: &generator).flatMap { $0 }
    var sorted = Self.small
    sorted.samples = Self.small.tuples.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    (sorted.width, sorted.height) = (sorted.width * sorted.height, 1)
    let options = "-k 16 -init \(method) -mapout -"
    let palette = try Self.bytes(options, Self.small.bytes)
    #expect(shuffled.samples != Self.small.samples)
    #expect(try Self.bytes(options, shuffled.bytes) == palette)
    #expect(try Self.bytes(options, sorted.bytes) == palette)
  }

  @Test(arguments: methods)
  func grayIsGrayInAnyFormat(method: String) throws {
    for (maxval, colorCount) in [(255, 2), (255, 16), (1000, 7), (65535, 16)] {
      let gray = NetpbmImage.noise(magic: 5, width: 40, height: 30, maxval: maxval)
      var color = gray.with(magic: 6)
      color.depth = 3
      color.samples = gray.samples.flatMap { [$0, $0, $0] }
      let options = "-k \(colorCount) -init \(method)"
      let grays = try Self.image(options, gray).samples
      #expect(try Self.image(options, color).samples == grays.flatMap { [$0, $0, $0] }, "\(maxval)")
    }
  }

  // MARK: Options

  @Test(arguments: methods)
  func seedsChangeRandomStarts(method: String) throws {
    let options = "-k 16 -init \(method)"
    let images = try (1...4).map { try Self.bytes("\(options) -seed \($0)", Self.small.bytes) }
    #expect(try Self.bytes(options, Self.small.bytes) == images[0])
    #expect(Set(images).count == (Self.randomMethods.contains(method) ? 4 : 1))
    #expect(try Self.bytes("\(options) -seed 3", Self.small.bytes) == images[2])
  }

  @Test(arguments: methods)
  func moreRunsAreNoWorse(method: String) throws {
    let options = "-k 24 -init \(method)"
    let inertias = try (1...5).map { try Self.inertia("\(options) -runs \($0)", Self.small) }
    #expect(try Self.inertia(options, Self.small) == inertias[0])
    #expect(zip(inertias, inertias.dropFirst()).allSatisfy { $0 >= $1 }, "\(inertias)")
    #expect((inertias[4] < inertias[0]) == Self.randomMethods.contains(method), "\(inertias)")
  }

  /// `-verbose` tells what can be computed from the bytes.
  @Test func verboseTellsTheInertia() throws {
    let outcome = try Program.run(["-k", "16", "-verbose", "-runs", "5"], input: .bytes(Self.small.bytes))
    let inertia = Self.small.inertia(to: try NetpbmImage(outcome.output))
    #expect(outcome.errors.contains("pamkmeans: \(Self.small.colors.count) colors\n"))
    #expect(outcome.errors.contains("pamkmeans: 16 colors, inertia \(inertia), run "))
    #expect(outcome.errorLines.allSatisfy { $0.hasPrefix("pamkmeans: ") })
  }

  @Test(arguments: methods)
  func iterationsCanBeLimited(method: String) throws {
    let options = "-k 16 -init \(method)"
    let whole = try Self.inertia(options, Self.medium)
    var inertias: [Int] = []
    for limit in [0, 1, 3] {
      let output = try Self.image("\(options) -maxiter \(limit)", Self.medium)
      let laws = QuantizationLaws(Self.medium, output)
      laws.expectColorCount(16)
      laws.expectNearest()
      inertias.append(laws.inertia)
      // These start from colors of the image, which stay as they are.
      if limit == 0, ["pixels", "kmeans++", "maximin"].contains(method) {
        #expect(Set(laws.palette).isSubset(of: Self.medium.colors))
      }
    }
    inertias.append(whole)
    #expect(zip(inertias, inertias.dropFirst()).allSatisfy { $0 > $1 }, "\(inertias)")
    #expect(try Self.image("\(options) -maxiter 1000000", Self.medium) == Self.image(options, Self.medium))
  }

  @Test func toleranceStopsEarlier() throws {
    let inertias = try ["1", "0.01", "1e-3", "0"].map { tolerance in
      let output = try Self.image("-k 16 -init pixels -tolerance \(tolerance)", Self.medium)
      let laws = QuantizationLaws(Self.medium, output)
      laws.expectColorCount(16)
      laws.expectNearest()
      return laws.inertia
    }
    #expect(zip(inertias, inertias.dropFirst()).allSatisfy { $0 > $1 }, "\(inertias)")
    // Whatever moves, moves by no more than the whole range.
    #expect(try Self.inertia("-k 16 -init pixels -maxiter 1", Self.medium) == inertias[0])
    #expect(try Self.inertia("-k 16 -init pixels", Self.medium) == inertias[3])
  }

  // MARK: Against Netpbm

  @Test(arguments: [4, 16, 64, 256])
  func noWorseThanPnmquant(colorCount: Int) throws {
    let image = Photograph.part(width: 240, height: 160)
    let theirs = try Program.shell("pnmquant \(colorCount) 2>/dev/null", input: .bytes(image.bytes))
    let median = image.inertia(to: try NetpbmImage(theirs.output))
    #expect(median > 0)
    #expect(try Self.inertia("-k \(colorCount)", image) <= median)
  }
}
