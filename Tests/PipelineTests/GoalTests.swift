import Foundation
import Testing

/// Several numbers of colors at once, and numbers that follow from a quality.
@Suite struct GoalTests {
  private static let images = [
    NetpbmImage.noise(magic: 4, maxval: 1),
    .noise(magic: 5, width: 40, height: 30, maxval: 255),
    .noise(magic: 6, width: 40, height: 30, maxval: 255),
    .noise(magic: 6, maxval: 1000),
    .noise(magic: 7, depth: 2, maxval: 15, tupleType: "GRAYSCALE_ALPHA"),
    .noise(magic: 7, depth: 5, maxval: 65535),
    // More pixels than 8-bit colors are hashed for.
    Photograph.part(width: 300, height: 250),
  ]

  // MARK: Lists

  /// Numbers out of order, twice, past all colors of some images and on both sides of 256.
  @Test(
    arguments: [
      [], ["-init", "random", "-seed", "5"], ["-plain"], ["-mapout", "palettes"], ["-mapout", "-"],
    ])
  func eachOfAListIsWhatItsNumberAloneGives(options: [String]) throws {
    let counts = [300, 2, 45, 7, 300, 1, 2]
    let scratch = try TemporaryDirectory()
    /// What goes to standard output, and the palettes if they are wanted.
    func run(_ count: String, _ images: [NetpbmImage]) throws -> [Data] {
      let outcome = try Program.shell(
        "cd \"$1\" && shift && exec pamkmeans \"$@\"",
        arguments: [scratch.url.path, "-k", count, "-alpha", "planes"] + options,
        input: .bytes(images.reduce(into: Data()) { $0 += $1.bytes }))
      #expect(outcome.status == 0 && outcome.errors.isEmpty)
      guard options.last == "palettes" else { return [outcome.output] }
      return [outcome.output, try Data(contentsOf: URL(fileURLWithPath: scratch.path("palettes")))]
    }
    let whole = try run(counts.map(String.init).joined(separator: ","), Self.images)
    var single = whole.map { _ in Data() }
    for image in Self.images {
      var alone: [Int: [Data]] = [:]
      for count in counts {
        let outputs = try alone[count] ?? run("\(count)", [image])
        alone[count] = outputs
        for (index, output) in outputs.enumerated() { single[index] += output }
      }
    }
    #expect(whole == single)
  }

  // MARK: Quality

  /// The PSNR of an image, infinite where nothing was lost.
  private func decibels(_ before: NetpbmImage, _ after: NetpbmImage) -> Double {
    let scale = 255 / Double(before.maxval)
    let mse = Double(before.inertia(to: after)) * scale * scale / Double(before.samples.count)
    return mse == 0 ? .infinity : 10 * log10(255 * 255 / mse)
  }

  @Test(
    arguments: [0, 12, 20, 27.5, 32, 1000], [["-alpha", "planes"], ["-alpha", "planes", "-init", "pixels"]])
  func oneColorLessWouldNotDo(wanted: Double, options: [String]) throws {
    for before in Self.images {
      let outcome = try Program.run(["-psnr", "\(wanted)"] + options, input: .bytes(before.bytes))
      #expect(outcome.status == 0)
      let after = try NetpbmImage(outcome.output)
      let count = after.colors.count
      let same = try Program.run(["-k", "\(count)"] + options, input: .bytes(before.bytes))
      #expect(same.output == outcome.output)
      if decibels(before, after) < wanted {
        #expect(count == 256 && before.colors.count > 256)
        let reached = decibels(before, after)
        let pattern = /pamkmeans: image 1: 256 colors reach only (\d+\.\d\d) dB\n/
        let told = try #require(outcome.errors.wholeMatch(of: pattern)).1
        #expect(abs(try #require(Double(told)) - reached + 0.005) <= 0.00501)
      } else {
        #expect(outcome.errors.isEmpty)
        guard count > 1 else { continue }
        let less = try Program.run(["-k", "\(count - 1)"] + options, input: .bytes(before.bytes))
        #expect(try decibels(before, NetpbmImage(less.output)) < wanted)
      }
    }
  }

  @Test func ceilingIsKeptAndTold() throws {
    let image = Self.images[2]
    let outcome = try Program.run(["-psnr", "50", "-k", "7"], input: .bytes(image.bytes + image.bytes))
    #expect(outcome.status == 0)
    let alone = try Program.run(["-k", "7"], input: .bytes(image.bytes)).output
    #expect(outcome.output == alone + alone)
    #expect(outcome.errorLines.count == 2)
    #expect(outcome.errorLines.last?.hasPrefix("pamkmeans: image 2: 7 colors reach only ") == true)
    let quiet = try Program.run(["-psnr", "50", "-k", "1", "-quiet"], input: .bytes(image.bytes))
    #expect(quiet.status == 0 && quiet.errors.isEmpty)
    let one = try Program.run(["-psnr", "50", "-k", "1"], input: .bytes(image.bytes))
    #expect(one.errors.hasPrefix("pamkmeans: image 1: 1 color reaches only "))
  }

  /// An image that may keep all its colors does so only where one less is not enough.
  @Test func allColorsAreKeptWhereNeeded() throws {
    let image = Self.images[3]
    let count = image.colors.count
    let outcome = try Program.run(["-psnr", "1e9", "-k", "\(count)"], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output == image.bytes)
    let less = try Program.run(["-psnr", "1e9", "-k", "\(count - 1)"], input: .bytes(image.bytes))
    #expect(try less.output == Program.run(["-k", "\(count - 1)"], input: .bytes(image.bytes)).output)
    #expect(less.errorLines.count == 1)
  }
}
