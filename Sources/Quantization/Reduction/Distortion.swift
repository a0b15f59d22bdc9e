#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The error of a reduced image.
package struct Distortion: Sendable {
  /// The inertia: the sum over all pixels of the squared distance between their tuples before and after.
  package let inertia: Int128

  /// Number of pixels, at least 1.
  package let pixelCount: Int

  package let layout: TupleLayout

  package init(inertia: Int128, pixelCount: Int, layout: TupleLayout) {
    self.inertia = inertia
    self.pixelCount = pixelCount
    self.layout = layout
  }

  /// The mean over the pixels of the squared distance, planes summed, with samples scaled to 0...255.
  package var meanSquaredError: Double {
    let maxval = Double(layout.maxval)
    return Double(inertia) / Double(pixelCount) * (Self.peakSquare / (maxval * maxval))
  }

  /// The peak signal-to-noise ratio in decibels; nil where nothing was lost.
  package var decibels: Double? {
    inertia == 0 ? nil : 10 * log10(Self.peakSquare * Double(layout.depth) / meanSquaredError)
  }

  /// Whether the peak signal-to-noise ratio is so many decibels or more.
  package func reaches(_ decibels: Double) -> Bool {
    meanSquaredError <= Self.meanSquaredError(decibels: decibels, depth: layout.depth)
  }

  /// The largest mean squared error of images of a depth that has a peak signal-to-noise ratio.
  static func meanSquaredError(decibels: Double, depth: Int) -> Double {
    peakSquare * Double(depth) / pow(10, decibels / 10)
  }

  private static let peakSquare = 255.0 * 255
}
