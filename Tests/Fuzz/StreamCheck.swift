import PamStream
import Quantization

/// Reads a stream of images from a file and from a pipe, writes what it read, raw and plain, and reads that again.
struct StreamCheck {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// What was read of a stream.
  private struct Content: Equatable {
    var headers: [PamHeader] = []
    var rasters: [[UInt8]] = []
    /// What stopped it, in the program's words.
    var message: String?
  }

  /// Longer rows are refused here, or a few bytes would ask for gigabytes.
  private static let largestRow = 1 << 20

  func check() throws {
    guard bytes.count <= ScratchPipe.capacity else { return }
    let file = try ScratchFile(bytes)
    let fromFile = try read(file.path)
    file.rewind()
    let again = try read(file.path, memoryLimit: 0)
    try FuzzTarget.require(again == fromFile, "without memory: \(again) instead of \(fromFile)")
    let pipe = try ScratchPipe(bytes)
    let fromPipe = try read(pipe.path)
    try FuzzTarget.require(fromPipe.headers == fromFile.headers, "other headers from a pipe")
    try FuzzTarget.require(fromPipe.rasters == fromFile.rasters, "other rasters from a pipe")
    try FuzzTarget.require((fromPipe.message == nil) == (fromFile.message == nil), "another end of a pipe")
    for isPlain in [false, true] where !fromFile.headers.isEmpty {
      try checkWritten(fromFile, isPlain: isPlain)
    }
  }

  /// Writes what was read and reads it again.
  private func checkWritten(_ content: Content, isPlain: Bool) throws {
    let copy = try ScratchFile()
    let output = try ByteOutput.file(copy.path)
    let writer = PamWriter(output, plain: isPlain)
    for (header, raster) in zip(content.headers, content.rasters) {
      try writer.begin(header)
      try raster.withUnsafeBytes(writer.write)
      try writer.end()
    }
    try output.close()
    copy.rewind()
    let second = try read(copy.path)
    var wanted = content.headers
    for index in wanted.indices { wanted[index].isPlain = isPlain && wanted[index].format != .pam }
    try FuzzTarget.require(second.message == nil, "what was written is not read: \(second.message ?? "")")
    try FuzzTarget.require(second.headers == wanted, "\(second.headers) instead of \(wanted)")
    try FuzzTarget.require(second.rasters == content.rasters, "written rasters differ")
  }

  /// Reads as many whole images as there are.
  private func read(_ path: String, memoryLimit: Int = .max) throws -> Content {
    var content = Content()
    do {
      let reader = try PamReader(path: path, memoryLimit: memoryLimit)
      while let header = try reader.nextHeader() {
        guard header.bytesPerRow <= Self.largestRow else { break }
        let raster = try raster(header, from: reader)
        content.headers.append(header)
        content.rasters.append(raster)
      }
    } catch let failure as FuzzTarget.Failure {
      throw failure
    } catch {
      let message = "\(error)"
      content.message = message
      try FuzzTarget.require(!message.isEmpty && message.harmless == message, "the message '\(message)'")
    }
    return content
  }

  /// Reads a raster, which has to be the same when it arrives, when it is counted and when it is replayed.
  private func raster(_ header: PamHeader, from reader: PamReader) throws -> [UInt8] {
    let tally = try Tally(layout: header.layout, expectedCount: header.width * header.height)
    var arrived: [UInt8] = []
    let raster = try reader.readRaster(header) { tuples in
      arrived += tuples
      try tally.add(tuples)
    }
    try FuzzTarget.require(arrived.count == header.rasterByteCount, "\(arrived.count) bytes arrived")
    var replayed: [UInt8] = []
    try raster.replay { replayed += $0 }
    try FuzzTarget.require(replayed == arrived, "replayed otherwise than it arrived")
    try Self.check(tally.histogram(), header, arrived)
    return arrived
  }

  /// Compares a histogram with the tuples counted plainly.
  private static func check(_ histogram: Histogram, _ header: PamHeader, _ bytes: [UInt8]) throws {
    let layout = header.layout
    var counts: [ArraySlice<UInt8>: Int] = [:]
    for start in stride(from: 0, to: bytes.count, by: layout.bytesPerTuple) {
      counts[bytes[start..<start + layout.bytesPerTuple], default: 0] += 1
    }
    try FuzzTarget.require(histogram.count == counts.count, "\(histogram.count) colors, not \(counts.count)")
    for index in 0..<histogram.count {
      var tuple: [UInt8] = []
      for plane in 0..<layout.depth {
        let sample = Int(histogram.samples.elements[plane * histogram.count + index])
        try FuzzTarget.require(sample <= layout.maxval, "a sample of \(sample)")
        if layout.bytesPerSample == 2 { tuple.append(UInt8(sample >> 8)) }
        tuple.append(UInt8(sample & 255))
      }
      let weight = histogram.weights.elements[index]
      try FuzzTarget.require(counts[tuple[...]] == weight, "wrong count of \(tuple)")
    }
  }
}
