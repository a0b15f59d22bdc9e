import Foundation
import Testing

/// `-floyd`, in the program.
@Suite struct FloydTests {
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

  @Test func localMeansAreRightAndTheColorsThePalettes() throws {
    let scratch = try TemporaryDirectory()
    let photo = scratch.path("photo.ppm")
    let made = try Program.shell(
      "jpegtopnm -quiet \"$1\" | pamscale -quiet -reduce 4 >\"$2\"", arguments: [Self.photograph, photo])
    #expect(made.status == 0)
    let image = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: photo)))
    for colorCount in ["2", "8", "16"] {
      let plain = try NetpbmImage(Program.run(["-k", colorCount, photo]).output)
      let dithered = try Program.run(["-k", colorCount, "-floyd", "-mapout", scratch.path("palette"), photo])
      let output = try NetpbmImage(dithered.output)
      #expect(localError(output, image) < localError(plain, image))
      #expect(Set(output.tuples).isSubset(of: Set(plain.tuples)))
      let again = try Program.run(["-mapfile", scratch.path("palette"), "-fs", "-threads", "2", photo])
      #expect(again.output == dithered.output)
      let indices = try NetpbmImage(
        Program.run([
          "-k", colorCount, "-floyd", "-index", "-sort", "count", "-mapout", scratch.path("sorted"), photo,
        ])
        .output)
      let palette = try NetpbmImage(Data(contentsOf: URL(fileURLWithPath: scratch.path("sorted"))))
      #expect(indices.samples.map { palette.tuples[$0] } == output.tuples)
    }
  }

  @Test func whatFitsIsNotChanged() throws {
    let image = NetpbmImage.noise(magic: 6, maxval: 255)
    #expect(try Program.run(["-k", "45", "-floyd"], input: .bytes(image.bytes)).output == image.bytes)
  }

  @Test func otherColorsThanTheImagesAreAnError() throws {
    let scratch = try TemporaryDirectory()
    try Data("000000\nffffff\n".utf8).write(to: URL(fileURLWithPath: scratch.path("colors.hex")))
    let outcome = try Program.run(
      ["-mapfile", scratch.path("colors.hex"), "-floyd"],
      input: .bytes(NetpbmImage.noise(magic: 5, maxval: 255).bytes))
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == "pamkmeans: the colors have other planes or another maxval than the image (-floyd)\n")
  }
}
