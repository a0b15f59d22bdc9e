import Foundation
import PamStream
import Testing

/// Streams: their images, their ends, and where they come from.
struct StreamTests {
  private let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  @Test func emptyStreamIsAnError() throws {
    let path = try scratch.file("empty", [])
    #expect(throws: NetpbmError("'\(path)' is empty: no Netpbm image")) { try readImages(at: path) }
  }

  @Test func whiteSpaceBetweenImagesIsSkipped() throws {
    let image = TestImage.ramp(.pgm, width: 2, height: 1, depth: 1, maxval: 255)
    let bytes = try writeImages([image])
    #expect(try readImages(bytes + Array(" \n\t\r\u{B}\u{C}".utf8) + bytes + [0x0A]) == [image, image])
  }

  @Test func otherBytesBetweenImagesAreAnError() throws {
    let bytes = try writeImages([TestImage.samples[0]])
    #expect(
      try message(reading: bytes + Array("\nxyz".utf8))
        == "image 2: bad magic number 0x7879 - not a PAM, PPM, PGM, or PBM file")
    #expect(try message(reading: bytes + [0]) == "image 2: bad magic number '\\x00'")
    #expect(
      try message(reading: "P1 1 1 1 #\n")
        == "image 2: bad magic number 0x230a - not a PAM, PPM, PGM, or PBM file")
  }

  @Test(arguments: [false, true])
  func imagesCutAnywhereAreAnError(plain: Bool) throws {
    for image in TestImage.samples {
      let bytes = try writeImages([image], plain: plain)
      // Behind the last bit or the space behind the last sample the image is whole.
      let end = plain && image.header.format == .pbm ? bytes.count - 1 : bytes.count
      let needed = plain && [.pgm, .ppm].contains(image.header.format) ? end - 1 : end
      for count in 0..<needed {
        let words = try message(reading: Array(bytes[..<count]))
        #expect(words?.contains("end of file in the") == true || count == 0)
      }
    }
  }

  @Test func cutRasterSaysWhatIsMissing() throws {
    #expect(try message(reading: "P5 4 2 255 abc") == "end of file in the raster: 3 of 8 bytes")
    #expect(try message(reading: "P4 9 2 abc") == "end of file in the raster: 3 of 4 bytes")
    #expect(try message(reading: "P3 1 1 255 1 2 3") == "end of file in the raster: 2 of 3 samples")
    #expect(try message(reading: "P1 2 2 101") == "end of file in the raster: 3 of 4 samples")
  }

  @Test func hugeClaimCostsNothing() throws {
    let start = ContinuousClock.now
    for (header, words) in [
      ("P6 60000 60000 255\n", "0 of 10800000000 bytes"),
      ("P6 80000000 2000000000 65535\n", "0 of 960000000000000000 bytes"),
      ("P4 200000000 2000000000\n", "0 of 50000000000000000 bytes"),
      ("P2 200000000 2000000000 9\n", "0 of 400000000000000000 samples"),
    ] {
      #expect(try message(reading: header) == "end of file in the raster: \(words)")
    }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test func sampleAboveMaxvalIsNamed() throws {
    #expect(
      try message(reading: "P6 2 2 97 aaaaaaaaaaba")
        == "sample 98 in row 1, column 1, plane 1 exceeds the maxval of 97")
    #expect(
      try message(reading: Array("P5 2 1 1000\n".utf8) + [0x03, 0xE8, 0x03, 0xE9])
        == "sample 1001 in row 0, column 1, plane 0 exceeds the maxval of 1000")
    #expect(
      try message(reading: "P2 2 1 9 9 10 ") == "Plane 0 sample value 10 exceeds the image maxval of 9")
  }

  @Test(arguments: [
    ("P2 2 1 9 1 x ", "a sample is not a number: 'x'"),
    ("P2 2 1 9 1 2x ", "a sample is not a number: '2x'"),
    ("P2 2 1 9 1 -2 ", "a sample is not a number: '-2'"),
    ("P2 2 1 9 1\0 2 ", "a sample is not a number: '1\\x00'"),
    ("P2 2 1 9 1 99999999999 ", "a sample is too large: 9999999999..."),
    ("P2 2 1 9 1 4294967296 ", "ASCII decimal integer in file is too large to be processed."),
    ("P1 2 1 12", "a bit of the raster is neither 0 nor 1: '2'"),
  ])
  func wrongPlainSamplesAreRefused(text: String, expected: String) throws {
    #expect(try message(reading: text) == expected)
  }

  @Test func fileThatCannotBeReadIsNamed() throws {
    let missing = try scratch.file("missing")
    #expect(throws: SystemError("cannot open '\(missing)'", code: ENOENT)) { try PamReader(path: missing) }
    let directory = scratch.path
    #expect(throws: SystemError("cannot read '\(directory)'", code: EISDIR)) {
      try readImages(at: directory)
    }
  }

  @Test func imageArrivesFromAPipeInPieces() throws {
    let path = try scratch.file("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let image = TestImage.ramp(.ppm, width: 9, height: 3, depth: 3, maxval: 1000)
    let bytes = try writeImages([image])
    let writer = Thread {
      let output = open(path, O_WRONLY)
      for byte in bytes {
        _ = withUnsafeBytes(of: byte) { write(output, $0.baseAddress, 1) }
        sched_yield()
      }
      close(output)
    }
    writer.start()
    #expect(try readImages(at: path) == [image])
  }
}
