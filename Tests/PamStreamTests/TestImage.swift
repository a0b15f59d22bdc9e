import Foundation
import PamStream
import Quantization

/// An image as the rooms pass it on.
struct TestImage: Equatable {
  var header: PamHeader
  var tuples: [UInt8]
}

extension TestImage {
  /// An image whose samples run through `0...maxval`, both ends included.
  static func ramp(
    _ format: PamHeader.Format, width: Int, height: Int, depth: Int, maxval: Int
  ) -> TestImage {
    let types: [PamHeader.Format: String] = [.pbm: "BLACKANDWHITE", .pgm: "GRAYSCALE", .ppm: "RGB"]
    let header = PamHeader(
      format: format, width: width, height: height, layout: TupleLayout(depth: depth, maxval: maxval),
      tupleTypeBytes: Array((types[format] ?? "").utf8))
    let count = width * height * depth
    let tuples = (0..<count).flatMap { index -> [UInt8] in
      let sample = index % 3 == 0 ? maxval : index * 7919 % (maxval + 1)
      return maxval > 255 ? [UInt8(sample >> 8), UInt8(sample & 255)] : [UInt8(sample)]
    }
    return TestImage(header: header, tuples: tuples)
  }

  /// Formats, depths and maxvals that a stream may hold.
  static var samples: [TestImage] {
    var samples = [ramp(.pbm, width: 19, height: 3, depth: 1, maxval: 1)]
    for maxval in [1, 255, 1000, 65535] {
      samples.append(ramp(.pgm, width: 7, height: 4, depth: 1, maxval: maxval))
      samples.append(ramp(.ppm, width: 5, height: 3, depth: 3, maxval: maxval))
      for depth in [1, 2, 3, 4, 5, 16] {
        var image = ramp(.pam, width: 3, height: 2, depth: depth, maxval: maxval)
        if depth == 4 { image.header.tupleType = "RGB_ALPHA" }
        if depth == 5 { image.header.tupleTypeBytes = [0xFF, 0x20, 0x80, 0x41] }
        samples.append(image)
      }
    }
    return samples
  }
}

/// Reads all images of a file; what `counting` saw must be what is replayed.
func readImages(at path: String, memoryLimit: Int = .max) throws -> [TestImage] {
  let reader = try PamReader(path: path, memoryLimit: memoryLimit)
  var images: [TestImage] = []
  while let header = try reader.nextHeader() {
    var counted: [UInt8] = []
    let raster = try reader.readRaster(header) { run in
      precondition(!run.isEmpty && run.count % header.layout.bytesPerTuple == 0)
      counted += run
    }
    var tuples: [UInt8] = []
    try raster.replay { tuples += $0 }
    precondition(counted == tuples && tuples.count == header.rasterByteCount)
    var raw = header
    raw.isPlain = false
    images.append(TestImage(header: raw, tuples: tuples))
  }
  return images
}

/// Calls `body` with a path where bytes can be read once: a pipe if one surely holds them, else a file.
private func withStream<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
  if bytes.count <= 4096 {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: bytes)
    try pipe.fileHandleForWriting.close()
    return try withExtendedLifetime(pipe) { try body("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)") }
  }
  let scratch = try ScratchDirectory()
  return try withExtendedLifetime(scratch) { try body(scratch.file("stream", bytes)) }
}

/// Reads a stream from memory.
func readImages(_ bytes: [UInt8]) throws -> [TestImage] {
  try withStream(bytes) { try readImages(at: $0) }
}

func readImages(_ text: String) throws -> [TestImage] {
  try readImages(Array(text.utf8))
}

/// The bytes that a writer makes of images.
func writeImages(_ images: [TestImage], plain: Bool = false) throws -> [UInt8] {
  let scratch = try ScratchDirectory()
  let output = try ByteOutput.file(scratch.file("stream"))
  let writer = PamWriter(output, plain: plain)
  for image in images {
    try writer.begin(image.header)
    try image.tuples.withUnsafeBytes { try writer.write($0) }
    try writer.end()
  }
  try output.close()
  return try scratch.bytes("stream")
}

/// What reading a stream says is wrong, without the name of the file; `nil` if nothing is.
func message(reading bytes: [UInt8]) throws -> String? {
  try withStream(bytes) { path in
    do {
      _ = try readImages(at: path)
      return nil
    } catch let error as NetpbmError {
      return error.description.replacing("\(path): ", with: "")
    }
  }
}

func message(reading text: String) throws -> String? {
  try message(reading: Array(text.utf8))
}
