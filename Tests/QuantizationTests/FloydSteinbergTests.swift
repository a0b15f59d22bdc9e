import Quantization
import Testing

struct FloydSteinbergTests {
  private static func mapped(
    _ image: [UInt8], width: Int, colors: [UInt8], depth: Int, strength: Int
  ) throws -> [UInt8] {
    let layout = TupleLayout(depth: depth, maxval: 255)
    let palette = try colors.withUnsafeBytes { try Palette(layout: layout, tuples: $0) }
    var dither = try FloydSteinberg(palette, width: width, strength: strength)
    var output = [UInt8](repeating: 0, count: image.count)
    image.withUnsafeBytes { source in
      output.withUnsafeMutableBytes { target in
        for start in stride(from: 0, to: source.count, by: width * depth) {
          dither.map(
            UnsafeRawBufferPointer(rebasing: source[start..<start + width * depth]),
            into: UnsafeMutableRawBufferPointer(rebasing: target[start..<start + width * depth]))
        }
      }
    }
    return output
  }

  private static let ramp: [UInt8] = (0..<64 * 64).map { UInt8($0 % 64 * 4) }

  @Test func localMeansAreKept() throws {
    let output = try Self.mapped(Self.ramp, width: 64, colors: [0, 255], depth: 1, strength: 256)
    var sum = 0
    for box in 0..<64 {
      var difference = 0
      for place in 0..<64 {
        let index = (box / 8 * 8 + place / 8) * 64 + box % 8 * 8 + place % 8
        difference += Int(output[index]) - Int(Self.ramp[index])
      }
      sum += abs(difference) / 64
    }
    // Undithered, the mean is about 64.
    #expect(sum / 64 < 8)
    #expect(output.allSatisfy { $0 == 0 || $0 == 255 })
  }

  @Test func strengthZeroIsNearest() throws {
    let output = try Self.mapped(Self.ramp, width: 64, colors: [10, 90, 200], depth: 1, strength: 0)
    let nearest = Self.ramp.map { value in
      [10, 90, 200].min { abs($0 - Int(value)) < abs($1 - Int(value)) }.map { UInt8($0) } ?? 0
    }
    #expect(output == nearest)
  }

  @Test func imageThatFitsIsUnchanged() throws {
    let image: [UInt8] = (0..<300).flatMap { [[1, 2, 3], [9, 0, 77], [255, 4, 8]][$0 * $0 % 7 % 3] }
    let colors: [UInt8] = [1, 2, 3, 9, 0, 77, 255, 4, 8]
    let output = try Self.mapped(image, width: 20, colors: colors, depth: 3, strength: 256)
    #expect(output == image)
  }

  @Test func farPaletteCarriesNothingOut() throws {
    let image = [UInt8](repeating: 255, count: 32 * 4) + [UInt8](repeating: 10, count: 32 * 4)
    let output = try Self.mapped(image, width: 32, colors: [10, 20], depth: 1, strength: 256)
    #expect(output == [UInt8](repeating: 20, count: 32 * 4) + [UInt8](repeating: 10, count: 32 * 4))
  }
}
