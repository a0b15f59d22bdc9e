import Clustering
import Quantization

/// Pixels as plain tuples, for tests to count and to write as raw rasters.
struct RawImage {
  let layout: TupleLayout
  var pixels: [[Int]]

  init(_ pixels: [[Int]], layout: TupleLayout) {
    self.layout = layout
    self.pixels = pixels
  }

  /// Pixels, half of them of few colors, half uniform.
  init(random count: Int, layout: TupleLayout, using generator: inout SplitMix64) {
    let draw = { (generator: inout SplitMix64) in
      (0..<layout.depth).map { _ in Int(generator.draw(below: UInt64(layout.maxval + 1))) }
    }
    let few = (0..<20).map { _ in draw(&generator) }
    pixels = (0..<count).map { _ in
      generator.draw(below: 2) == 0 ? few[Int(generator.draw(below: 20))] : draw(&generator)
    }
    self.layout = layout
  }

  /// The raw raster: the high byte of a two-byte sample first.
  var bytes: [UInt8] {
    Self.bytes(pixels, layout)
  }

  static func bytes(_ tuples: [[Int]], _ layout: TupleLayout) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(tuples.count * layout.bytesPerTuple)
    for tuple in tuples {
      for sample in tuple {
        if layout.maxval > 255 {
          bytes.append(UInt8(sample >> 8))
        }
        bytes.append(UInt8(sample & 0xff))
      }
    }
    return bytes
  }

  /// The image counted, in pieces of `piece` pixels, by a tally told to expect `expectedCount` pixels or, if that is
  /// nil, the true number.
  func tally(piece: Int = .max, expectedCount: Int? = nil) throws -> Tally {
    let tally = try Tally(layout: layout, expectedCount: expectedCount ?? pixels.count)
    let bytes = self.bytes
    let step = min(piece, pixels.count) * layout.bytesPerTuple
    for start in stride(from: 0, to: bytes.count, by: step) {
      try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { try tally.add($0) }
    }
    return tally
  }

  /// How often each tuple occurs.
  var counts: [[Int]: Int] {
    var counts = [[Int]: Int]()
    for pixel in pixels {
      counts[pixel, default: 0] += 1
    }
    return counts
  }
}

extension Histogram {
  /// The tuples in plain arrays.
  var plainTuples: [[Int]] {
    let samples = self.samples.values
    return (0..<count).map { index in (0..<layout.depth).map { Int(samples[$0 * count + index]) } }
  }

  /// The weights in a plain array.
  var plainWeights: [Int] { Array(weights.values.prefix(count)) }
}
