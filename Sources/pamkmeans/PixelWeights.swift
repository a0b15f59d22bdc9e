import PamStream
import Quantization

/// What the pixels of images count for, from a file of gray images: one for each image, or one for all.
final class PixelWeights {
  private let reader: PamReader
  private let path: String
  private let threadCount: Int

  /// The weights of the last image, to be used for the next if there are no more.
  private var last: Raster?
  private var count = 0

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: Bytes of memory for the weights of an image.
  ///   - threadCount: Threads that may work at a time, at least 1.
  /// - Throws: `SystemError`.
  init(path: String, memoryLimit: Int, threadCount: Int) throws {
    self.threadCount = threadCount
    reader = try PamReader(path: path, memoryLimit: memoryLimit)
    self.path = path
  }

  /// Adds up the weights of the next images' pixels.
  ///
  /// - Parameters:
  ///   - images: The images, which have been counted.
  ///   - histogram: Their tuples.
  /// - Returns: For each tuple the weight of its pixels; not 0 for all.
  /// - Throws: `NetpbmError` if the weights are not for these images or all of them 0, `SystemError`,
  ///   `QuantizationError.outOfMemory`.
  func next(_ images: CountedImages, _ histogram: Histogram) throws -> Storage<Int> {
    let sums = try Storage<Int>(count: histogram.count)
    let tuples = try images.tupleNumbers(histogram, threadCount: threadCount)
    var total = 0
    for raster in images.rasters {
      let weights = try nextRaster(for: raster.header)
      total += try add(weights, of: raster, tuples, into: sums)
      guard total <= Self.limit else { throw mistake(Self.tooLarge) }
    }
    guard total > 0 else { throw mistake("all weights are 0") }
    return sums
  }

  /// Looks whether there are weights that no image has used.
  ///
  /// - Throws: `NetpbmError` if there are, `SystemError`.
  func checkEnd() throws {
    guard try reader.nextHeader() == nil else { throw mistake("there are weights for more images") }
  }

  /// Sums of weighted samples stay below 2^63.
  private static let limit = 1 << 46
  private static let tooLarge = "the weights are too large for so many pixels"

  private func nextRaster(for image: PamHeader) throws -> Raster {
    if let header = try reader.nextHeader() {
      guard header.layout.depth == 1 else {
        throw mistake("weights are gray, not of \(header.layout.depth) planes")
      }
      try check(header, image)
      last = nil
      let raster = try reader.readRaster(header) { _ in }
      last = raster
      count += 1
      return raster
    }
    guard count == 1, let last else { throw mistake("there are weights for \(count) images only") }
    try check(last.header, image)
    return last
  }

  private func check(_ weights: PamHeader, _ image: PamHeader) throws(NetpbmError) {
    guard weights.width == image.width && weights.height == image.height else {
      throw mistake(
        "weights of \(weights.width) x \(weights.height) pixels for an image of \(image.width) x \(image.height)"
      )
    }
  }

  /// Adds the weights of one image's pixels to those of their tuples; returns the sum of all.
  private func add(
    _ weights: Raster, of image: Raster, _ tuples: TupleNumbers, into sums: Storage<Int>
  ) throws -> Int {
    let width = image.header.width
    let isWide = weights.header.layout.bytesPerSample == 2
    var walk = RowWalk(weights)
    var total = 0
    try image.replay { rows in
      try tuples.map(rows, width: width) { numbers in
        for start in stride(from: 0, to: numbers.count, by: width) {
          guard let row = try walk.next() else { return }
          for column in 0..<width {
            let weight = isWide ? Int(row[2 * column]) << 8 | Int(row[2 * column + 1]) : Int(row[column])
            sums.base[Int(numbers[start + column])] += weight
            total += weight
          }
          // Far below what a sum can be.
          guard total <= Self.limit else { throw mistake(Self.tooLarge) }
        }
      }
    }
    return total
  }

  private func mistake(_ text: String) -> NetpbmError {
    NetpbmError("\(path.harmless): \(text) (\(OptionName.weightFile))")
  }
}

/// A walk over a raster, row by row.
private struct RowWalk {
  private var walk: Raster.Walk
  private let bytesPerRow: Int
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ raster: Raster) {
    walk = raster.walk()
    bytesPerRow = raster.header.bytesPerRow
  }

  /// The next row, there until the next is asked for; nil behind the last.
  mutating func next() throws -> UnsafeRawBufferPointer? {
    if rest.isEmpty {
      guard let rows = try walk.next() else { return nil }
      rest = rows
    }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[bytesPerRow...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<bytesPerRow])
  }
}
