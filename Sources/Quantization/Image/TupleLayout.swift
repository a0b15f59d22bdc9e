/// The depth and maxval of an image's tuples (pixels).
package struct TupleLayout: Hashable, Sendable {
  /// Number of samples in a tuple (planes of the image), at least 1.
  package let depth: Int

  /// The largest sample, `1...65535`.
  package let maxval: Int

  package init(depth: Int, maxval: Int) {
    precondition(depth >= 1 && (1...65535).contains(maxval))
    self.depth = depth
    self.maxval = maxval
  }

  /// Bytes of a sample in a raw raster: 1 if `maxval` is at most 255, otherwise 2 with the high byte first.
  package var bytesPerSample: Int { maxval > 255 ? 2 : 1 }

  /// The opacity 0 or maxval that replaces an opacity: 0 for less than half of maxval.
  package func binaryOpacity(_ opacity: Int) -> Int { 2 * opacity < maxval ? 0 : maxval }

  /// Bytes of a tuple in a raw raster.
  package var bytesPerTuple: Int { depth * bytesPerSample }
}
