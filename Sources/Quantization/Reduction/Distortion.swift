#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The error of a reduced image.
package struct Distortion: Sendable {
  /// The inertia: the sum over all pixels of the squared distance between the tuple and its palette color, in the unit
  /// of `ErrorMeasure`.
  package let inertia: Int128

  /// Number of pixels, at least 1.
  package let pixelCount: Int

  package let layout: TupleLayout

  /// The factor from squared sample steps to the unit of the inertia.
  private let unit: Int128

  /// Number of planes over which the peak signal-to-noise ratio takes the mean.
  private let planeCount: Int

  /// - Parameters:
  ///   - inertia: The inertia, in the unit of the measure.
  ///   - pixelCount: Number of pixels, at least 1.
  ///   - layout: The layout of the tuples.
  ///   - measure: The measure of the inertia; nil if the inertia is in squared sample steps.
  package init(inertia: Int128, pixelCount: Int, layout: TupleLayout, measure: ErrorMeasure? = nil) {
    self.inertia = inertia
    self.pixelCount = pixelCount
    self.layout = layout
    unit = measure?.unit ?? 1
    planeCount = measure?.planeCount ?? layout.depth
  }

  /// The inertia in squared sample steps, rounded.
  package var roundedInertia: Int128 { rounded(inertia) }

  /// A part of the inertia in squared sample steps, rounded.
  package func rounded(_ part: Int128) -> Int128 { (part + unit / 2) / unit }

  /// The mean over the pixels of the squared distance, summed over the planes, with samples scaled to 0...255.
  package var meanSquaredError: Double {
    let maxval = Double(layout.maxval)
    return Double(inertia) / Double(unit) / Double(pixelCount) * (Self.peakSquare / (maxval * maxval))
  }

  /// The peak signal-to-noise ratio in decibels; nil if the error is 0.
  package var decibels: Double? {
    inertia == 0 ? nil : 10 * log10(Self.peakSquare * Double(planeCount) / meanSquaredError)
  }

  /// Whether the peak signal-to-noise ratio is at least `decibels`.
  package func reaches(_ decibels: Double) -> Bool {
    meanSquaredError <= Self.meanSquaredError(decibels: decibels, planeCount: planeCount)
  }

  /// The largest mean squared error with a peak signal-to-noise ratio.
  ///
  /// - Parameters:
  ///   - decibels: The ratio.
  ///   - planeCount: Number of planes over which the ratio takes the mean.
  /// - Returns: The error.
  static func meanSquaredError(decibels: Double, planeCount: Int) -> Double {
    peakSquare * Double(planeCount) / pow(10, decibels / 10)
  }

  private static let peakSquare = 255.0 * 255
}
