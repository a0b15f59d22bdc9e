import Foundation
import PamStream
import Testing

/// What is written is read again, sample for sample, and is what Netpbm writes.
struct RoundTripTests {
  private let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  @Test(arguments: [false, true])
  func everyFormatComesBack(plain: Bool) throws {
    for image in TestImage.samples {
      #expect(try readImages(writeImages([image], plain: plain)) == [image])
    }
  }

  @Test(arguments: [false, true])
  func mixedFormatsInOneStreamComeBack(plain: Bool) throws {
    #expect(try readImages(writeImages(TestImage.samples, plain: plain)) == TestImage.samples)
  }

  @Test func rawBytesAreThoseOfTheFormats() throws {
    var bitmap = TestImage.ramp(.pbm, width: 10, height: 1, depth: 1, maxval: 1)
    bitmap.tuples = [1, 0, 1, 0, 1, 0, 0, 1, 1, 0]
    #expect(try writeImages([bitmap]) == Array("P4\n10 1\n".utf8) + [0b0101_0110, 0b0100_0000])
    let words = TestImage.ramp(.pgm, width: 2, height: 1, depth: 1, maxval: 1000)
    #expect(try writeImages([words]) == Array("P5\n2 1\n1000\n".utf8) + words.tuples)
    var tagged = TestImage.ramp(.pam, width: 1, height: 1, depth: 2, maxval: 255)
    tagged.header.tupleTypeBytes = Array("GRAYSCALE_ALPHA".utf8)
    let header = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
    #expect(try writeImages([tagged]) == Array(header.utf8) + tagged.tuples)
    tagged.header.tupleTypeBytes = []
    let untyped = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nENDHDR\n"
    #expect(try writeImages([tagged], plain: true) == Array(untyped.utf8) + tagged.tuples)
  }

  @Test func plainTextIsThatOfNetpbm() throws {
    let gray = TestImage.ramp(.pgm, width: 3, height: 2, depth: 1, maxval: 9)
    #expect(try text([gray]) == "P2\n3 2\n9\n9 9 8 \n9 6 5 \n")
    var wide = TestImage.ramp(.pbm, width: 72, height: 1, depth: 1, maxval: 1)
    wide.tuples = [UInt8](repeating: 0, count: 72)
    #expect(try text([wide]) == "P1\n72 1\n" + String(repeating: "1", count: 70) + "\n11\n")
  }

  @Test(arguments: [1, 9, 255, 1000, 65535])
  func plainLinesHaveAtMost70Characters(maxval: Int) throws {
    for (format, depth) in [(PamHeader.Format.pgm, 1), (.ppm, 3)] {
      let image = TestImage.ramp(format, width: 50, height: 2, depth: depth, maxval: maxval)
      let lines = try text([image]).split(separator: "\n")
      #expect(lines.allSatisfy { $0.utf8.count <= 70 })
      #expect(try readImages(text([image])) == [image])
    }
  }

  @Test func rowsWiderThanABlockComeBack() throws {
    for format in [PamHeader.Format.pbm, .pgm, .ppm] {
      let depth = format == .ppm ? 3 : 1
      let maxval = format == .pbm ? 1 : 255
      let image = TestImage.ramp(format, width: 20_003, height: 2, depth: depth, maxval: maxval)
      #expect(try readImages(writeImages([image])) == [image])
      #expect(try readImages(writeImages([image], plain: true)) == [image])
    }
  }

  @Test func rasterInManySegmentsComesBack() throws {
    var image = TestImage.ramp(.pgm, width: 3001, height: 4, depth: 1, maxval: 255)
    image.header.height = 2000
    image.tuples = Array(repeatElement(image.tuples, count: 500).joined())
    let path = try scratch.file("stream", writeImages([image]))
    let reader = try PamReader(path: path)
    let header = try #require(try reader.nextHeader())
    var countedBytes = 0
    let raster = try reader.readRaster(header) { countedBytes += $0.count }
    var runs: [Int] = []
    var replayed = Data()
    try raster.replay { run in
      runs.append(run.count)
      replayed.append(contentsOf: run)
    }
    #expect(countedBytes == image.tuples.count && replayed == Data(image.tuples))
    #expect(runs.count > 1 && runs.allSatisfy { $0.isMultiple(of: 3001) })
  }

  private func text(_ images: [TestImage]) throws -> String {
    String(decoding: try writeImages(images, plain: true), as: UTF8.self)
  }
}
