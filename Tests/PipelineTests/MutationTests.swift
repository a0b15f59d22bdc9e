import Foundation
import Testing

/// Images with bytes changed at random: what the program takes, Netpbm takes too, with the same samples; what it does
/// not take is one line and exit status 1, and Netpbm does not take it either unless it is one of the `Refusal`s.
@Suite struct MutationTests {
  private static let images =
    (1...6).map { NetpbmImage.noise(magic: $0, width: 7, height: 3, maxval: $0 % 3 == 1 ? 1 : 255) }
    + [
      .noise(magic: 6, width: 5, height: 3, maxval: 1000),
      .noise(magic: 7, width: 5, height: 3, depth: 4, maxval: 255, tupleType: "RGB_ALPHA"),
      .noise(magic: 7, width: 5, height: 3, depth: 2, maxval: 300, tupleType: "GRAYSCALE_ALPHA"),
    ]

  private static let roundCount =
    ProcessInfo.processInfo.environment["PAMKMEANS_RELIABILITY"].flatMap { Int($0) } ?? 60

  private static func mutate(_ bytes: Data, using generator: inout NetpbmImage.Noise) -> Data {
    var bytes = Array(bytes)
    for _ in 0...generator.next(upTo: 3) {
      // The header more often than the raster.
      let place = generator.next(
        upTo: generator.next(upTo: 2) == 0 ? bytes.count - 1 : min(bytes.count - 1, 40))
      switch generator.next(upTo: 5) {
      case 0: bytes[place] = UInt8(generator.next(upTo: 255))
      case 1: bytes[place] = Array("0123456789 \n#P".utf8)[generator.next(upTo: 13)]
      case 2: bytes.insert(bytes[generator.next(upTo: bytes.count - 1)], at: place)
      case 3 where bytes.count > 1: bytes.remove(at: place)
      case 4 where place > 0: bytes.removeLast(bytes.count - place)
      default: bytes[place] ^= 1 << UInt8(generator.next(upTo: 7))
      }
    }
    return Data(bytes)
  }

  @Test(arguments: images.indices)
  func changedBytes(index: Int) throws {
    var takenCount = 0
    for round in 1...Self.roundCount {
      var generator = NetpbmImage.Noise(state: UInt64(index * 1_000_000 + round))
      let bytes = Self.mutate(Self.images[index].bytes, using: &generator)
      let comment: Comment = "\(index), \(round): \(bytes.base64EncodedString())"
      let ours = try Program.run(["-k", "1000000"], input: .bytes(bytes))
      #expect(ours.status == 0 || ours.status == 1, comment)
      guard ours.status == 0 else {
        #expect(ours.errorLines.count == 1 && ours.errors.hasPrefix("pamkmeans: "), comment)
        if !Refusal.all.contains(where: { ours.errors.contains($0.message) }) {
          let theirs = try Program.shell("pamtopam 2>&1 >/dev/null", input: .bytes(bytes))
          #expect(theirs.status != 0, "\(ours.errors)\(comment)")
        }
        continue
      }
      takenCount += 1
      let theirs = try Program.shell("pamtopam 2>&1", input: .bytes(bytes))
      let again = try Program.shell("pamkmeans -k 1000000 | pamtopam", input: .bytes(bytes))
      #expect(theirs.status == 0 && theirs.output == again.output, comment)
    }
    #expect(takenCount > 0)
  }
}
