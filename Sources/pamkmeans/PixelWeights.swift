import Memory
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
  ///   `OutOfMemory`.
  func next(_ images: CountedImages, _ histogram: Histogram) throws -> Storage<Int> {
    var sums = try WeightSums(histogram, images.tupleNumbers(histogram, threadCount: threadCount))
    for raster in images.rasters {
      let weights = try nextRaster(for: raster.header)
      var walk = RowWalk(weights)
      try raster.replay { rows in
        try sums.add(rows, width: raster.header.width, layout: weights.header.layout) { try walk.next() }
        guard !sums.isTooLarge else { throw mistake("the weights are too large for so many pixels") }
      }
    }
    guard sums.total > 0 else { throw mistake("all weights are 0") }
    return sums.sums
  }

  /// Looks whether there are weights that no image has used.
  ///
  /// - Throws: `NetpbmError` if there are, `SystemError`.
  func checkEnd() throws {
    guard try reader.nextHeader() == nil else { throw mistake("there are weights for more images") }
  }

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

  private func mistake(_ text: String) -> NetpbmError {
    NetpbmError("\(path.harmless): \(text) (\(OptionName.weightFile))")
  }
}
