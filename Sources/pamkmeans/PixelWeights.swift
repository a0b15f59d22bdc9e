import Memory
import PamStream
import Quantization

/// The weights of pixels, from a file of gray images: one for each image of the input, or one for all.
final class PixelWeights {
  private let reader: PamReader
  private let path: String
  private let threadCount: Int

  /// The last weight image. It is used again if it is the only one.
  private var last: Raster?
  private var count = 0

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - memoryLimit: Maximum number of bytes in memory for the weights of an image.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `SystemError`.
  init(path: String, memoryLimit: Int, threadCount: Int) throws {
    self.threadCount = threadCount
    reader = try PamReader(path: path, memoryLimit: memoryLimit)
    self.path = path
  }

  /// Sums the weights of the next images' pixels.
  ///
  /// - Parameters:
  ///   - images: The images, whose pixels have to be kept.
  ///   - histogram: The tuples of the images.
  /// - Returns: For each tuple, the sum of its pixels' weights. At least one sum is not 0.
  /// - Throws: `NetpbmError` if the weight images do not fit the images, or if all weights are 0; `SystemError`,
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

  /// Checks that no weight image is left over.
  ///
  /// - Throws: `NetpbmError` if one is, `SystemError`.
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
