import Foundation
import PamStream
import Testing

/// Rasters that are read again, kept in memory or spooled.
struct RasterTests {
  private let scratch: ScratchDirectory

  /// Larger than two blocks of what is read again at a time.
  private static let image = TestImage.ramp(.ppm, width: 700, height: 1200, depth: 3, maxval: 255)

  init() throws {
    scratch = try ScratchDirectory()
  }

  /// Reads the first raster of a file and leaves it to be replayed.
  private func raster(at path: String, memoryLimit: Int = .max) throws -> (PamReader, Raster) {
    let reader = try PamReader(path: path, memoryLimit: memoryLimit)
    let header = try #require(try reader.nextHeader())
    return (reader, try reader.readRaster(header) { _ in })
  }

  private func replay(_ raster: Raster) throws -> [UInt8] {
    var tuples: [UInt8] = []
    try raster.replay { tuples += $0 }
    return tuples
  }

  /// Compares without printing megabytes.
  private func expectEqual(_ tuples: [UInt8], _ expected: [UInt8]) {
    let isEqual = tuples == expected
    #expect(isEqual)
  }

  /// Sets the time of last modification, exact to the nanosecond, as it was in `status`.
  private func restoreTime(of path: String, _ status: stat) {
    #if canImport(Darwin)
      var times = [status.st_atimespec, status.st_mtimespec]
    #else
      var times = [status.st_atim, status.st_mtim]
    #endif
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
  }

  /// Any byte counts, also where the file's time does not tell: the first, two that differ in the highest bit at any
  /// distance, the last ones.
  @Test(
    arguments: [[0], [1_100_000], [1_100_007, 1_100_039], [1_100_007, 1_100_015], [2_519_998], [2_519_999]])
  func changedBytesAreFound(positions: [Int]) throws {
    let bytes = try writeImages([Self.image])
    let path = try scratch.file("image", bytes)
    let (reader, raster) = try raster(at: path)
    expectEqual(try replay(raster), Self.image.tuples)

    var status = stat()
    #expect(stat(path, &status) == 0)
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    let rasterStart = bytes.count - Self.image.tuples.count
    for position in positions {
      try file.seek(toOffset: UInt64(rasterStart + position))
      try file.write(contentsOf: [Self.image.tuples[position] ^ 0x80])
    }
    try file.close()
    restoreTime(of: path, status)
    var seen: [UInt8] = []
    #expect(throws: NetpbmError("\(path): input changed while being read")) {
      try raster.replay { seen += $0 }
    }
    #expect(seen.count <= positions[0])
    expectEqual(seen, Array(Self.image.tuples.prefix(seen.count)))
    withExtendedLifetime(reader) {}
  }

  /// Swapped parts are a change, too.
  @Test(arguments: [8, 16, 32])
  func changedOrderIsFound(distance: Int) throws {
    let bytes = try writeImages([Self.image])
    let path = try scratch.file("image", bytes)
    let (reader, raster) = try raster(at: path)
    var status = stat()
    #expect(stat(path, &status) == 0)
    let start = bytes.count - Self.image.tuples.count + 64
    var changed = bytes
    for index in start..<start + 8 { changed.swapAt(index, index + distance) }
    let isChanged = changed != bytes
    #expect(isChanged)
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.write(contentsOf: changed)
    try file.close()
    restoreTime(of: path, status)
    #expect(throws: NetpbmError("\(path): input changed while being read")) { _ = try replay(raster) }
    withExtendedLifetime(reader) {}
  }

  /// Before anything is used.
  @Test func changesOfTheFileAreFoundAtOnce() throws {
    for change in 0..<3 {
      let bytes = try writeImages([Self.image])
      let path = try scratch.file("image\(change)", bytes)
      let (reader, raster) = try raster(at: path)
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      switch change {
      case 0: try file.truncate(atOffset: UInt64(bytes.count - 1))
      case 1: try file.truncate(atOffset: 0)
      default:
        var times = [timespec(tv_sec: 1, tv_nsec: 1), timespec(tv_sec: 1, tv_nsec: 1)]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
      }
      try file.close()
      #expect(throws: NetpbmError("\(path): input changed while being read")) {
        try raster.replay { _ in Issue.record("rows of a file that has changed") }
      }
      withExtendedLifetime(reader) {}
    }
  }

  /// A name that goes away, permissions and links are no change.
  @Test func otherChangesDoNotMatter() throws {
    let path = try scratch.file("image", try writeImages([Self.image]))
    let (reader, raster) = try raster(at: path)
    #expect(chmod(path, 0o600) == 0)
    #expect(unlink(path) == 0)
    expectEqual(try replay(raster), Self.image.tuples)
    expectEqual(try replay(raster), Self.image.tuples)
    withExtendedLifetime(reader) {}
  }

  @Test func laterImagesAreNamed() throws {
    let bytes = try writeImages([Self.image, Self.image])
    let path = try scratch.file("image", bytes)
    let reader = try PamReader(path: path)
    _ = try reader.readRaster(#require(try reader.nextHeader())) { _ in }
    let second = try reader.readRaster(#require(try reader.nextHeader())) { _ in }
    #expect(truncate(path, off_t(bytes.count - 1)) == 0)
    #expect(throws: NetpbmError("\(path): image 2: input changed while being read")) {
      _ = try replay(second)
    }
  }

  /// From a file and through a pipe, in memory, spooled and both; rows longer than a block, and formats that are not
  /// read again.
  @Test(arguments: [0, 1 << 20, 5_000_000, .max])
  func sameTuplesByAnyWay(memoryLimit: Int) throws {
    let images = [
      Self.image,
      .ramp(.pgm, width: 1_300_000, height: 3, depth: 1, maxval: 255),
      .ramp(.pgm, width: 1, height: 700_001, depth: 1, maxval: 1000),
      .ramp(.pbm, width: 1030, height: 2100, depth: 1, maxval: 1),
      .ramp(.pam, width: 500, height: 900, depth: 5, maxval: 65535),
      .ramp(.ppm, width: 2, height: 2, depth: 3, maxval: 255),
    ]
    for plain in [false, true] {
      let bytes = try writeImages(plain ? Array(images.dropFirst(2)) : images, plain: plain)
      let expected = plain ? Array(images.dropFirst(2)) : images
      let path = try scratch.file("images", bytes)
      let fromFile = try readImages(at: path, memoryLimit: memoryLimit) == expected
      #expect(fromFile)

      let fifo = try scratch.file("fifo\(plain)")
      #expect(mkfifo(fifo, 0o600) == 0)
      let writer = Thread {
        guard let file = FileHandle(forWritingAtPath: fifo) else { return }
        try? file.write(contentsOf: bytes)
        try? file.close()
      }
      writer.start()
      let fromPipe = try readImages(at: fifo, memoryLimit: memoryLimit) == expected
      #expect(fromPipe)
    }
  }
}
