import Foundation

/// What the tests take for a photograph.
enum Photograph {
  /// The one of the examples, as PPM with a maxval of 255.
  static let whole: Data = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../examples/photo.jpg").standardizedFileURL.path
    let outcome = try? Program.shell("jpegtopnm -quiet \"$1\"", arguments: [path])
    return outcome?.output ?? Data()
  }()

  /// A part of it from the middle.
  static func part(width: Int, height: Int) -> NetpbmImage {
    let cut = "pamcut -left 200 -top 150 -width \(width) -height \(height)"
    guard let outcome = try? Program.shell(cut, input: .bytes(whole)),
      let image = try? NetpbmImage(outcome.output)
    else {
      return NetpbmImage(magic: 6, width: 0, height: 0, depth: 3)
    }
    return image
  }
}
