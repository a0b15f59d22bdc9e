import Clustering
import Quantization

/// The words that options accept as values, and the default values of two numbers.
extension Options {
  /// The words for `-init`, the alias last.
  static let starts =
    StartMethod.allCases.map { (word: $0.rawValue, meaning: $0) }
    + [(word: "in_pixels", meaning: .pixels)]

  /// The words for `-effort`.
  static let efforts = Effort.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-method`.
  static let methods = ClusteringMethod.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-space`.
  static let spaces = ColorSpace.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-alpha`.
  static let opacities = OpacityModel.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-dither`.
  static let dithers =
    [(word: "none", meaning: DitherSettings.Method?.none)]
    + DitherSettings.Method.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-mapformat`; nil is an image.
  static let paletteFormats =
    [(word: "netpbm", meaning: PaletteFormat?.none)]
    + PaletteFormat.allCases.map { (word: $0.rawValue, meaning: $0) }

  /// The words for `-sort`; nil is the order of colors in the file of `-mapfile`.
  static let orders =
    PaletteOrder.allCases.map { (word: $0.rawValue, meaning: PaletteOrder?.some($0)) }
    + [(word: "file", meaning: nil)]

  /// The default maximum number of colors for `-psnr`.
  static let colorCeiling = 256

  /// The default bandwidth of `-method meanshift`.
  static let bandwidth = 0.1
}
