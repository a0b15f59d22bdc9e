/// What one tuple (pixel) of an image looks like: how many samples it has and how large they may be.
package struct TupleLayout: Hashable, Sendable {
  /// Samples in a tuple (planes of the image), at least 1.
  package let depth: Int

  /// The largest sample, `1...65535`.
  package let maxval: Int

  package init(depth: Int, maxval: Int) {
    precondition(depth >= 1 && (1...65535).contains(maxval))
    self.depth = depth
    self.maxval = maxval
  }

  /// Bytes of a sample in a raw raster: 1, or 2 (the high byte first) where `maxval` exceeds 255.
  package var bytesPerSample: Int { maxval > 255 ? 2 : 1 }

  /// Bytes of a tuple in a raw raster.
  package var bytesPerTuple: Int { depth * bytesPerSample }
}
