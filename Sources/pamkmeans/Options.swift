import ArgumentParser
import Clustering
import PamStream
import Quantization

/// The declaration of the options: names, help, defaults and completion, in the groups and the order of the manual.
///
/// Values are strings as written; `Settings` parses them.
struct Options: ParsableCommand {
  /// The program's version.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "pamkmeans",
    abstract: "Reduce the images of a Netpbm stream to K colors each, chosen by k-means.",
    usage: "pamkmeans [-k N[,N...]] [options] [netpbmfile]",
    discussion: """
      Options may stand before or after the file name, with one dash or two. A value follows after a space or '='. \
      You may shorten a name to a unique beginning. The manual explains everything: man pamkmeans.
      """,
    helpNames: []
  )

  @Argument(help: "The file to read. None or '-' means standard input.", completion: .file())
  var netpbmfile: String?

  @OptionGroup(title: "Number of colors") var count: CountOptions
  @OptionGroup(title: "Clustering") var clustering: ClusteringOptions
  @OptionGroup(title: "Color space and weights") var color: ColorOptions
  @OptionGroup(title: "Palettes") var palettes: PaletteOptions
  @OptionGroup(title: "Dithering") var dithering: DitherOptions
  @OptionGroup(title: "Streams, output and reports") var output: OutputOptions
  @OptionGroup(title: "Resources and messages") var process: ProcessOptions
}

/// The options for the number of colors.
struct CountOptions: ParsableArguments {
  @Option(
    name: .init(.colorCount),
    help: .init(
      "Number of colors, 1 or more. A list such as 4,16,64 writes one image for each.", valueName: "N"))
  var colorCount: String?

  @Option(
    name: .init(.decibels),
    help: .init(
      """
      Use the fewest colors that reach this PSNR, up to -k (default \(Options.colorCeiling)).
      """,
      valueName: "DB"))
  var decibels: String?
}

/// The options for choosing the colors.
struct ClusteringOptions: ParsableArguments {
  private static let clusteringDefaults = KMeansSettings(clusterCount: 1)

  @Option(
    name: .init(.effort),
    help: .init(
      """
      How hard to search for the lowest error: \(Options.efforts.map(\.word).joined(separator: ", ")). \
      (default: \(clusteringDefaults.effort.rawValue))
      """,
      valueName: "EFFORT"),
    completion: .list(Options.efforts.map(\.word)))
  var effort: String?

  @Option(
    name: .init(.method),
    help: .init(
      """
      Clustering method: \(Options.methods.map(\.word).joined(separator: ", ")). \
      (default: \(ClusteringMethod.kMeans.rawValue))
      """,
      valueName: "METHOD"),
    completion: .list(Options.methods.map(\.word)))
  var method: String?

  @Option(
    name: .init(.bandwidth),
    help: .init(
      """
      Radius of the neighborhood for -method meanshift, with samples scaled to 0..1. \
      (default: \(Options.bandwidth))
      """,
      valueName: "X"))
  var bandwidth: String?

  @Option(
    name: .init(.start),
    help: .init(
      """
      Run plain k-means instead of searching, from this start: \
      \(Options.starts.map(\.word).joined(separator: ", ")).
      """,
      valueName: "METHOD"),
    completion: .list(Options.starts.map(\.word)))
  var start: String?

  @Option(
    name: .init(.startFile),
    help: .init(
      """
      Start the centroids from the colors of FILE: an image, or a palette of another program.
      """,
      valueName: "FILE"),
    completion: .file())
  var startFile: String?

  @Option(
    name: .init(.seed),
    help: .init("Seed of the random choices, from 0 to \(UInt64.max).", valueName: "N"))
  var seed = String(clusteringDefaults.seed)

  @Option(
    name: .init(.runs),
    help: .init("Number of independent runs. The run with the lowest inertia wins.", valueName: "N"))
  var runs = String(clusteringDefaults.runCount)

  @Option(
    name: .init(.iterationLimit),
    help: .init("Maximum number of iterations per run. (default: no limit)", valueName: "N"))
  var iterationLimit: String?

  @Option(
    name: .init(.tolerance),
    help: .init(
      """
      Stop when no centroid coordinate moves by more than X, with samples scaled to 0..1.
      """,
      valueName: "X"))
  var tolerance = "0"
}

/// The options for the color space and for the weights of colors and pixels.
struct ColorOptions: ParsableArguments {
  @Option(
    name: .init(.space),
    help: .init(
      """
      Color space of means and distances: \(Options.spaces.map(\.word).joined(separator: ", ")). \
      (default: \(ColorSpace.sample.rawValue))
      """,
      valueName: "SPACE"),
    completion: .list(Options.spaces.map(\.word)))
  var space: String?

  @Option(
    name: .init(.opacity),
    help: .init(
      """
      How opacity counts: \(Options.opacities.map(\.word).joined(separator: ", ")). \
      (default: \(OpacityModel.premultiplied.rawValue))
      """,
      valueName: "MODEL"),
    completion: .list(Options.opacities.map(\.word)))
  var opacity: String?

  @Option(
    name: .init(.weightFile),
    help: .init(
      """
      Weight each pixel by the gray images of FILE: one for each image, or one for all.
      """,
      valueName: "FILE"),
    completion: .file())
  var weightFile: String?

  @Option(
    name: .init(.emphasis),
    help: .init(
      "Emphasis on small areas of a color of their own, from 0 (none) to 1 (full). (default: 0)",
      valueName: "X"))
  var emphasis: String?
}

/// The options for palettes that are read or written.
struct PaletteOptions: ParsableArguments {
  @Option(
    name: .init(.fixed),
    help: .init(
      "Put the colors of FILE into the palette unchanged. They count toward -k.", valueName: "FILE"),
    completion: .file())
  var fixed: String?

  @Flag(name: .init(.snap), help: "Use only colors that occur in the image.")
  var snaps = false

  @Option(
    name: .init(.depths),
    help: .init(
      "Use only colors that a device with so many bits per plane can show, such as 5,6,5.",
      valueName: "N[,N...]"
    ))
  var depths: String?

  @Option(
    name: .init(.mapFile),
    help: .init(
      """
      Do not cluster. Map to the colors of FILE: an image, or a palette of another program.
      """,
      valueName: "FILE"),
    completion: .file())
  var mapFile: String?

  @Flag(name: .init(.exact), help: "With -mapfile: a color that is not in FILE is an error.")
  var isExact = false

  @Option(
    name: .init(.palette),
    help: .init(
      """
      Also write the palette to FILE. '-' writes it instead of the image.
      """,
      valueName: "FILE"),
    completion: .file())
  var palette: String?

  @Option(
    name: .init(.paletteFormat),
    help: .init(
      """
      Format of the palette that -mapout writes: \(Options.paletteFormats.map(\.word).joined(separator: ", ")). \
      (default: \(Options.paletteFormats[0].word))
      """,
      valueName: "FORMAT"),
    completion: .list(Options.paletteFormats.map(\.word)))
  var paletteFormat: String?

  @Option(
    name: .init(.order),
    help: .init(
      """
      Order of the palette: \(Options.orders.map(\.word).joined(separator: ", ")). \
      (default: \(PaletteOrder.rgb.rawValue))
      """,
      valueName: "ORDER"),
    completion: .list(Options.orders.map(\.word)))
  var order: String?

  @Flag(name: .init(.index), help: "Write palette indices instead of colors.")
  var isIndex = false
}

/// The options for dithering.
struct DitherOptions: ParsableArguments {
  @Flag(name: .init(.floyd), help: "Short for -dither floyd.")
  var isFloyd = false

  @Option(
    name: .init(.dither),
    help: .init(
      """
      Dithering method: \(Options.dithers.map(\.word).joined(separator: ", ")). \
      (default: \(Options.dithers[0].word))
      """,
      valueName: "METHOD"),
    completion: .list(Options.dithers.map(\.word)))
  var dither: String?

  @Option(
    name: .init(.ditherStrength),
    help: .init("Dithering strength, from 0 (none) to 1 (full). (default: 1)", valueName: "X"))
  var ditherStrength: String?

  @Option(
    name: .init(.ditherSpread),
    help: .init(
      "Choose colors for mixing: those that reproduce the means of N x N pixels best. 4 is a usual value.",
      valueName: "N"))
  var ditherSpread: String?
}

/// The options for streams, for output formats and for reports.
struct OutputOptions: ParsableArguments {
  @Flag(
    name: .init(.histogramInput), help: "Read histograms from -histout instead of images, and add them up.")
  var isHistogram = false

  @Option(
    name: .init(.histogramOutput),
    help: .init(
      "Write the histogram of each image, or of all with -shared, to FILE. '-' writes only histograms.",
      valueName: "FILE"),
    completion: .file())
  var histogramOutput: String?

  @Flag(name: .init(.shared), help: "Choose one palette for all images of the stream.")
  var isShared = false

  @Flag(
    name: .init(.track),
    help: "For video: let the palette of each image follow the one before, without flicker.")
  var isTracked = false

  @Option(
    name: .init(.report),
    help: .init("Write a JSON report to FILE, one line per output image.", valueName: "FILE"),
    completion: .file())
  var report: String?

  @Flag(name: .init(.plain), help: "Write the plain (text) formats.")
  var isPlain = false
}

/// The options for resources and messages.
struct ProcessOptions: ParsableArguments {
  @Option(
    name: .init(.threads),
    help: .init("Number of worker threads. (default: the processors this process may use)", valueName: "N"))
  var threads: String?

  @Option(
    name: .init(.memory),
    help: .init(
      """
      Memory for pixels that must be kept, in bytes or with K, M or G. The rest goes to a temporary file. \
      (default: a quarter of what this process may use)
      """,
      valueName: "SIZE"))
  var memory: String?

  @Flag(name: .init(.quiet), help: "Print error messages only.")
  var isQuiet = false

  @Flag(name: .init(.verbose), help: "Print what is read, found and written, and the time it takes.")
  var isVerbose = false

  // These two are declared only for the help and the completion. NetpbmArguments recognizes them and Request handles
  // them.
  @Flag(name: .init(.version), help: "Print the version and exit.")
  var isVersionWanted = false

  @Flag(name: .init(.help), help: "Print a short help and exit; -help=all prints this one.")
  var isHelpWanted = false
}

extension NameSpecification {
  /// All spellings of an option, with one dash.
  fileprivate init(_ name: OptionName) {
    self.init(
      name.spellings.map { spelling in
        spelling.count == 1 ? .customShort(Character(spelling)) : .customLong(spelling, withSingleDash: true)
      }
    )
  }
}
