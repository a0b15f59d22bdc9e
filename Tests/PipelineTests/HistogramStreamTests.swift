import Foundation
import Testing

/// Histograms that are written, joined and read: `-histout` and `-histogram`.
@Suite struct HistogramStreamTests {
  private func run(_ arguments: [String], _ input: Data) throws -> Data {
    let outcome = try Program.run(arguments, input: .bytes(input))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome.errors)")
    return outcome.output
  }

  private static func images(_ image: NetpbmImage) -> [Data] {
    (0..<4).map { number in
      var image = image
      image.samples = image.samples.enumerated().map { ($1 + number * ($0 % 3)) % (image.maxval + 1) }
      return image.bytes
    }
  }

  private static let kinds: [NetpbmImage] = [
    .noise(magic: 6, width: 30, height: 20, maxval: 255),
    .noise(magic: 6, width: 20, height: 9, maxval: 65535),
    .noise(magic: 5, width: 50, height: 9, maxval: 1000), .noise(magic: 4, maxval: 1),
    .noise(magic: 7, width: 9, height: 9, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 9, height: 9, depth: 2, maxval: 15, tupleType: "GRAYSCALE_ALPHA"),
    .noise(magic: 7, width: 9, height: 9, depth: 5, maxval: 65535),
    .noise(magic: 7, depth: 9, maxval: 255, tupleType: "x y"),
  ]

  @Test func theFormatIsAsTheManualSays() throws {
    let image = NetpbmImage(
      magic: 6, width: 3, height: 1, depth: 3, maxval: 300, samples: [9, 300, 0, 1, 2, 3, 9, 300, 0])
    let histogram = try NetpbmImage(run(["-histout", "-"], image.bytes))
    #expect(
      histogram.width == 3 && histogram.height == 1 && histogram.depth == 7 && histogram.maxval == 65535)
    #expect(histogram.tupleType == "HISTOGRAM_RGB")
    #expect(
      histogram.tuples == [[300, 300, 300, 0, 0, 0, 0], [1, 2, 3, 0, 0, 0, 1], [9, 300, 0, 0, 0, 0, 2]])
    for (kind, type) in zip(
      Self.kinds, ["RGB", "RGB", "GRAYSCALE", "BLACKANDWHITE", "RGB_ALPHA", "GRAYSCALE_ALPHA", "", "x y"])
    {
      let histogram = try NetpbmImage(run(["-histout", "-"], kind.bytes))
      #expect(histogram.tupleType == "HISTOGRAM_\(type)" && histogram.depth == kind.depth + 4)
      #expect(histogram.tuples.dropFirst().map { Array($0.prefix(kind.depth)) } == kind.colors)
      #expect(histogram.tuples[0] == [Int](repeating: kind.maxval, count: kind.depth) + [0, 0, 0, 0])
    }
  }

  /// However the images are divided, and in whatever order the histograms come.
  @Test(arguments: kinds.indices)
  func shardsGiveThePaletteOfAll(kind: Int) throws {
    let images = Self.images(Self.kinds[kind])
    let count = kind == 3 ? "1" : "6"
    let wanted = try run(["-shared", "-k", count, "-mapout", "-"], images.reduce(Data(), +))
    let whole = try run(["-shared", "-histout", "-"], images.reduce(Data(), +))
    for shards in [[[0], [1], [2], [3]], [[3, 0], [2, 1]], [[2, 1, 3], [0]]] {
      let histograms = try shards.map { shard in
        try run(["-shared", "-histout", "-"], shard.map { images[$0] }.reduce(Data(), +))
      }
      let stream = histograms.reduce(Data(), +)
      #expect(try run(["-histogram", "-k", count, "-mapout", "-"], stream) == wanted)
      #expect(try run(["-histogram", "-histout", "-"], stream) == whole)
    }
    // Without -shared each image has a histogram of its own.
    let each = try run(["-histout", "-"], images.reduce(Data(), +))
    #expect(try NetpbmImage.read(each).count == 4)
    #expect(try run(["-histogram", "-k", count, "-mapout", "-"], each) == wanted)
  }

  @Test(arguments: [
    ["-k", "5", "-effort", "fast"], ["-k", "5", "-init", "kmeans++", "-runs", "3"], ["-psnr", "12"],
    ["-k", "5", "-space", "oklab"], ["-k", "5", "-emphasis", "0.5"], ["-k", "5", "-sort", "count"],
    ["-method", "meanshift", "-bandwidth", "0.4"], ["-k", "5", "-mapformat", "hex"], ["-k", "3,6"],
  ])
  func optionsThatNeedNoPixelsWork(options: [String]) throws {
    let images = Self.images(Self.kinds[0])
    let stream = try run(["-histout", "-"], images.reduce(Data(), +))
    let wanted = try run(["-shared", "-mapout", "-"] + options, images.reduce(Data(), +))
    #expect(try run(["-histogram", "-mapout", "-"] + options, stream) == wanted)
  }

  @Test(arguments: ["-fixed", "-initfile"])
  func palettesOfFilesGoWithHistograms(option: String) throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("102030 f0e0d0 808080".utf8).write(to: URL(fileURLWithPath: path))
    let options = [option, path] + (option == "-fixed" ? ["-k", "7"] : [])
    let images = Self.images(Self.kinds[0]).reduce(Data(), +)
    let wanted = try run(["-shared", "-mapout", "-"] + options, images)
    let stream = try run(["-histout", "-"], images)
    #expect(try run(["-histogram", "-mapout", "-"] + options, stream) == wanted)
  }

  @Test(arguments: ["planes", "premultiplied"])
  func opacityGoesWithHistograms(model: String) throws {
    let options = ["-k", "6", "-alpha", model]
    let images = Self.images(Self.kinds[4]).reduce(Data(), +)
    let wanted = try run(["-shared", "-mapout", "-"] + options, images)
    let stream = try run(["-histout", "-"], images)
    #expect(try run(["-histogram", "-mapout", "-"] + options, stream) == wanted)
  }

  @Test func reportsAreThoseOfOneImage() throws {
    let image = Self.kinds[0]
    let scratch = try TemporaryDirectory()
    let paths = [scratch.path("a"), scratch.path("b")]
    let histogram = try run(["-histout", "-"], image.bytes)
    _ = try run(["-k", "7", "-report", paths[0]], image.bytes)
    #expect(try run(["-k", "7", "-histogram", "-report", paths[1]], histogram).isEmpty)
    let reports = try paths.map { path in
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? NSDictionary
    }
    for key in ["colors_before", "k", "inertia", "mse", "psnr", "palette", "history"] {
      let values = reports.map { $0?[key] as? NSObject }
      #expect(values[0] != nil && values[0] == values[1], "\(key)")
    }
    #expect(reports[1]?["width"] as? Int == 600 && reports[1]?["height"] as? Int == 1)
  }

  /// Beside the image, which stays the same.
  @Test func histogramsGoToFiles() throws {
    let image = Self.kinds[0].bytes
    let scratch = try TemporaryDirectory()
    let path = scratch.path("image.hist")
    let output = try run(["-k", "7", "-histout", path], image)
    #expect(try output == run(["-k", "7"], image))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == run(["-histout", "-"], image))
    let same = try Program.run(["-k", "7", "-histout", path, "-mapout", path], input: .bytes(image))
    #expect(same.status == 1 && same.errors == "pamkmeans: -mapout and -histout cannot both be '\(path)'\n")
  }

  /// More pixels than any image has: counts of 2^40 and beyond.
  @Test func countsAreAddedExactly() throws {
    func histogram(_ tuples: [[Int]]) -> Data {
      NetpbmImage(
        magic: 7, width: tuples.count, height: 1, depth: 5, maxval: 65535, tupleType: "HISTOGRAM_GRAYSCALE",
        samples: tuples.flatMap { $0 }
      ).bytes
    }
    let first = histogram([[255, 0, 0, 0, 0], [3, 0, 0x100, 0, 0xFFFF], [200, 0, 0, 0, 1]])
    let second = histogram([[255, 0, 0, 0, 0], [3, 0, 0, 0, 1], [90, 0, 0x80, 7, 0]])
    let sum = try NetpbmImage(run(["-histogram", "-histout", "-"], first + second))
    #expect(
      sum.tuples == [[255, 0, 0, 0, 0], [3, 0, 0x100, 1, 0], [90, 0, 0x80, 7, 0], [200, 0, 0, 0, 1]])
    let palette = try NetpbmImage(run(["-histogram", "-k", "2", "-mapout", "-"], first + second))
    #expect(palette.magic == 5 && palette.samples == [3, 90])
    let cases: [([[Int]], String)] = [
      ([[255, 0, 0, 0, 0], [3, 0x8000, 0, 0, 0]], "the histograms count more than 2^63 - 1 pixels"),
      (
        [[255, 0, 0, 0, 0], [3, 0x4000, 0, 0, 0], [4, 0x4000, 0, 0, 0]],
        "the histograms count more than 2^63 - 1 pixels"
      ),
      ([[255, 0, 0, 0, 0], [3, 1, 0, 0, 0]], "the histograms count more than 140739635871744 pixels"),
      (
        [[255, 0, 0, 0, 0], [256, 0, 0, 0, 1]], "a sample of the histogram is 256, more than its maxval 255"
      ),
      ([[255, 0, 0, 0, 1]], "the histogram does not begin with its maxval"),
      (
        [[255, 0, 0, 0, 0], [3, 0, 0, 0, 0]],
        "this histogram has maxval 3, the first 255; pamdepth changes that of the images"
      ),
      ([[0, 0, 0, 0, 0]], "a color of the histogram has no pixels"),
      ([[255, 0, 0, 0, 0]], "the histogram is empty"),
    ]
    for (tuples, message) in cases {
      let outcome = try Program.run(
        ["-histogram", "-k", "2", "-mapout", "-"], input: .bytes(histogram(tuples)))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: \(message)\n")
    }
  }

  @Test func whatIsNoHistogramIsSaidToBe() throws {
    let color = try run(["-histout", "-"], Self.kinds[0].bytes)
    let gray = try run(["-histout", "-"], Self.kinds[2].bytes)
    let deep = try run(["-histout", "-"], Self.kinds[1].bytes)
    let cases: [(Data, String)] = [
      (Self.kinds[0].bytes, "this is no histogram; -histout writes one"),
      (color + Self.kinds[0].bytes, "image 2: this is no histogram; -histout writes one"),
      (color + gray, "image 2: this histogram has another depth or tuple type than the first"),
      (
        color + deep,
        "image 2: this histogram has maxval 65535, the first 255; pamdepth changes that of the images"
      ), (color.dropLast(), "end of file in the raster"),
    ]
    for (input, message) in cases {
      let outcome = try Program.run(["-histogram", "-k", "2", "-mapout", "-"], input: .bytes(input))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("pamkmeans: \(message)"), "\(outcome.errors)")
    }
    let image = try Program.run(["-k", "2"], input: .bytes(color))
    #expect(image.status == 0)
    #expect(
      image.errors == "pamkmeans: image 1 is a histogram, read as an image; -histogram reads its colors\n")
  }

  @Test func nothingElseGoesBesideAHistogram() throws {
    let cases = [
      (["-k", "4", "-histout", "-"], "-k and -histout - exclude each other"),
      (["-histout", "-", "-plain"], "-plain and -histout - exclude each other"),
      (["-histogram", "-k", "4"], "-histogram writes no images; add -mapout, -report or -histout"),
      (
        ["-histout", "x"],
        "-k is missing: say how many colors are wanted (only -histout - needs none)"
      ),
    ]
    for (arguments, message) in cases {
      let outcome = try Program.run(arguments, input: .bytes(Self.kinds[0].bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: \(message)\n")
    }
  }
}
