import Foundation
import Testing

/// `-report` with `-mapfile`, against a recount from the pixels.
@Suite struct ReportMapfileTests {
  private static let images = [
    NetpbmImage.noise(magic: 6, width: 30, height: 20, maxval: 255),
    .noise(magic: 5, width: 30, height: 20, maxval: 255),
    .noise(magic: 6, width: 30, height: 20, maxval: 1000),
    .noise(magic: 7, width: 30, height: 20, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 30, height: 20, depth: 2, maxval: 99, tupleType: "GRAYSCALE_ALPHA"),
  ]

  private static let palettes = [
    NetpbmImage.noise(magic: 6, width: 4, height: 2, maxval: 255),
    .noise(magic: 6, width: 4, height: 2, maxval: 15),
    .noise(magic: 5, width: 4, height: 2, maxval: 255),
    .noise(magic: 7, width: 4, height: 2, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
    .noise(magic: 7, width: 4, height: 2, depth: 2, maxval: 7, tupleType: "GRAYSCALE_ALPHA"),
  ]

  private func report(_ arguments: [String], _ image: NetpbmImage) throws -> (NetpbmImage, [String: Any]) {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("report")
    let outcome = try Program.run(arguments + ["-report", path], input: .bytes(image.bytes))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    return (try NetpbmImage(outcome.output), try #require(object as? [String: Any]))
  }

  private func written(_ palette: NetpbmImage, _ scratch: TemporaryDirectory) throws -> String {
    let path = scratch.path("palette")
    try palette.bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  /// A palette that k-means has chosen has the same error when the image is mapped to it.
  @Test(arguments: images.indices)
  func agreesWithTheReportOnTheClustering(image: Int) throws {
    let image = Self.images[image]
    let scratch = try TemporaryDirectory()
    let palette = try Program.run(["-k", "9", "-mapout", "-"], input: .bytes(image.bytes)).output
    let path = try written(NetpbmImage(palette), scratch)
    let (_, clustered) = try report(["-k", "9"], image)
    let (_, mapped) = try report(["-mapfile", path], image)
    #expect(Set(mapped.keys) == Set(clustered.keys))
    for name in [
      "image", "width", "height", "depth", "maxval", "tuple_type", "colors_before", "colors_after", "space",
      "alpha", "inertia", "mse", "psnr", "raw_bytes", "indexed_bytes",
    ] {
      #expect("\(mapped[name] ?? "-")" == "\(clustered[name] ?? "-")", "\(image.summary): \(name)")
    }
    let palettes = try [mapped, clustered].map { try #require($0["palette"] as? [[String: Any]]) }
    for name in ["samples", "pixels", "inertia"] {
      let values = palettes.map { $0.map { "\($0[name] ?? "-")" } }
      #expect(values[0] == values[1], "\(image.summary): \(name)")
    }
    for name in ["k", "method", "init", "effort", "seed", "runs", "run", "converged"] {
      #expect(mapped[name] is NSNull, "\(name)")
    }
    #expect(mapped["iterations"] as? Int == 0 && (mapped["history"] as? [Any])?.isEmpty == true)
    #expect(mapped["optimal"] as? Bool == false)
  }

  /// A tuple as red, green, blue and opacity from 0 to 1.
  private func color(_ tuple: [Int], of image: NetpbmImage) -> [Double] {
    let parts = tuple.map { Double($0) / Double(image.maxval) }
    return switch image.depth {
    case 1: [parts[0], parts[0], parts[0], 1]
    case 2: [parts[0], parts[0], parts[0], parts[1]]
    case 3: parts + [1]
    default: parts
    }
  }

  /// The squared distance of what is visible, or of the planes, gray and color apart.
  private func square(_ first: [Double], _ second: [Double], planeCount: Int, isVisible: Bool) -> Double {
    var sum = 0.0
    for plane in 0..<planeCount {
      let way =
        isVisible
        ? first[3] * (first[plane] - 0.5) - second[3] * (second[plane] - 0.5)
        : first[plane] - second[plane]
      sum += way * way
    }
    let way = first[3] - second[3]
    return sum + way * way * (isVisible ? Double(planeCount) / 12 : 1)
  }

  @Test(arguments: images.indices, palettes.indices)
  func agreesWithTheImages(image: Int, palette: Int) throws {
    let (image, palette) = (Self.images[image], Self.palettes[palette])
    let scratch = try TemporaryDirectory()
    let path = try written(palette, scratch)
    for model in ["premultiplied", "planes"] {
      let (output, report) = try report(["-mapfile", path, "-alpha", model], image)
      let hasOpacity = output.depth % 2 == 0
      let planeCount = max(image.depth, output.depth) < 3 ? 1 : 3
      var sum = 0.0
      var pixels: [[Int]: Int] = [:]
      for (before, after) in zip(image.tuples, output.tuples) {
        sum += square(
          color(before, of: image), color(after, of: output), planeCount: planeCount,
          isVisible: hasOpacity && model == "premultiplied")
        pixels[after, default: 0] += 1
      }
      let mse = sum * 255 * 255 / Double(image.width * image.height)
      let told = try #require(report["mse"] as? Double)
      #expect(abs(told - mse) <= 1e-6 * mse, "\(image.summary) to \(output.summary)")
      let inertia = sum * Double(image.maxval) * Double(image.maxval)
      let toldInertia = try #require(report["inertia"] as? Double)
      #expect(abs(toldInertia - inertia) <= 0.5 + 1e-6 * inertia)
      let measured = planeCount + (hasOpacity && model == "planes" ? 1 : 0)
      let psnr = 10 * log10(255 * 255 * Double(measured) / mse)
      let toldRatio = try #require(report["psnr"] as? Double)
      #expect(abs(toldRatio - psnr) < 1e-5)
      let entries = try #require(report["palette"] as? [[String: Any]])
      let counted = entries.reduce(0) { $0 + ($1["pixels"] as? Int ?? 0) }
      #expect(counted == image.width * image.height)
      for entry in entries {
        let samples = try #require(entry["samples"] as? [Int])
        #expect(entry["pixels"] as? Int == pixels[samples] ?? 0)
      }
    }
  }

  /// The palette of the report is in the order of -mapout, also where the planes of FILE are others than the image's.
  @Test(arguments: ["rgb", "luminance", "count", "file"])
  func paletteIsInTheOrderOfMapout(order: String) throws {
    let image = NetpbmImage.noise(magic: 5, width: 30, height: 20, maxval: 255)
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("0500ff 0a0000 00c800 646464".utf8).write(to: URL(fileURLWithPath: path))
    let palette = scratch.path("mapout")
    let (_, report) = try report(["-mapfile", path, "-sort", order, "-mapout", palette], image)
    let entries = try #require(report["palette"] as? [[String: Any]])
    let written = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: palette)))
    #expect(entries.map { $0["samples"] as? [Int] } == written.tuples)
  }

  /// With -memory similar colors are merged, and the pixels are measured.
  @Test func pixelsAreMeasured() throws {
    let image = NetpbmImage.noise(magic: 6, width: 300, height: 300, maxval: 255)
    let scratch = try TemporaryDirectory()
    let path = try written(Self.palettes[1], scratch)
    let reportPath = scratch.path("report")
    let outcome = try Program.run(
      ["-mapfile", path, "-memory", "1", "-report", reportPath, "-quiet"], input: .bytes(image.bytes))
    let output = try NetpbmImage(outcome.output)
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: reportPath)))
    let told = try #require((object as? [String: Any])?["mse"] as? Double)
    let sum = zip(image.samples, output.samples).reduce(0.0) { sum, pair in
      let way = Double(pair.0) - Double(pair.1) * 17
      return sum + way * way
    }
    #expect(abs(told - sum / 90000) < 1e-6 * told)
  }
}
