import ArgumentParser
import Clustering
import PamStream
import Quantization

/// The options as they are declared: names, help, defaults and completion.
///
/// Values stay as they were written; `Settings` reads them.
struct Options: ParsableCommand {
  /// The program's version.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "pamkmeans",
    abstract: "Reduce the images of a Netpbm stream to K colors each, chosen by k-means.",
    usage: "pamkmeans [-k N[,N...]] [options] [netpbmfile]",
    discussion: """
      Options may stand before or after the file name, with one dash or two, their values after a space or '='; \
      a unique beginning of a name is enough. The manual page says more: man pamkmeans.
      """,
    helpNames: []
  )

  private static let colorCountHelp = """
    Colors wanted, 1 or more; several with commas between give an image each; required without -psnr, \
    -initfile, -mapfile and -method meanshift.
    """

  private static let defaults = KMeansSettings(clusterCount: 1)

  @Option(name: .init(.colorCount), help: .init(colorCountHelp, valueName: "N"))
  var colorCount: String?

  @Option(
    name: .init(.decibels),
    help: .init(
      "As many colors as it takes to reach this PSNR, -k (else \(colorCeiling)) at the most.", valueName: "DB"
    )
  )
  var decibels: String?

  @Option(
    name: .init(.method),
    help: .init(
      """
      How the colors are found: \(methods.map(\.word).joined(separator: ", ")). \
      (default: \(ClusteringMethod.kMeans.rawValue))
      """,
      valueName: "METHOD"
    ),
    completion: .list(methods.map(\.word))
  )
  var method: String?

  @Option(
    name: .init(.bandwidth),
    help: .init(
      """
      How far the neighborhood of a color reaches for -method meanshift, samples scaled to 0..1. \
      (default: \(bandwidth))
      """,
      valueName: "X"
    )
  )
  var bandwidth: String?

  @Option(
    name: .init(.space),
    help: .init(
      """
      Where means and distances are taken: \(spaces.map(\.word).joined(separator: ", ")). \
      (default: \(ColorSpace.sample.rawValue))
      """,
      valueName: "SPACE"
    ),
    completion: .list(spaces.map(\.word))
  )
  var space: String?

  @Option(
    name: .init(.opacity),
    help: .init(
      """
      What opacity is to colors: \(opacities.map(\.word).joined(separator: ", ")). \
      (default: \(OpacityModel.premultiplied.rawValue))
      """,
      valueName: "MODEL"
    ),
    completion: .list(opacities.map(\.word))
  )
  var opacity: String?

  @Option(
    name: .init(.effort),
    help: .init(
      """
      How hard to look for the lowest error: \(efforts.map(\.word).joined(separator: ", ")). \
      (default: \(defaults.effort.rawValue))
      """,
      valueName: "EFFORT"
    ),
    completion: .list(efforts.map(\.word))
  )
  var effort: String?

  @Option(
    name: .init(.start),
    help: .init(
      "No search, but k-means from this start: \(starts.map(\.word).joined(separator: ", ")).",
      valueName: "METHOD"
    ),
    completion: .list(starts.map(\.word))
  )
  var start: String?

  @Option(
    name: .init(.startFile),
    help: .init(
      "Start the centroids from the colors of FILE: an image, a GIMP palette or a list of hex colors.",
      valueName: "FILE"
    ),
    completion: .file()
  )
  var startFile: String?

  @Option(
    name: .init(.fixed),
    help: .init(
      "Have the colors of FILE in the palette as they are; they count towards -k.", valueName: "FILE"
    ),
    completion: .file()
  )
  var fixed: String?

  @Option(
    name: .init(.seed),
    help: .init("Seed of the random choices, 0 to \(UInt64.max).", valueName: "N")
  )
  var seed = String(defaults.seed)

  @Option(
    name: .init(.runs),
    help: .init("Independent runs, of which the best is kept.", valueName: "N")
  )
  var runs = String(defaults.runCount)

  @Option(
    name: .init(.iterationLimit),
    help: .init("Iterations a run at the most. (default: no limit)", valueName: "N")
  )
  var iterationLimit: String?

  @Option(
    name: .init(.tolerance),
    help: .init(
      "Stop when no coordinate of a centroid moved by more than X, samples scaled to 0..1.",
      valueName: "X"
    )
  )
  var tolerance = "0"

  @Option(
    name: .init(.threads),
    help: .init("Worker threads. (default: the processors this process may use)", valueName: "N")
  )
  var threads: String?

  @Option(
    name: .init(.memory),
    help: .init(
      """
      Memory for pixels that have to be kept, in bytes or with K, M or G; the rest goes to a temporary file. \
      (default: a quarter of what this process may use)
      """,
      valueName: "SIZE"
    )
  )
  var memory: String?

  @Flag(name: .init(.shared), help: "One palette for all images of the input together.")
  var isShared = false

  @Option(
    name: .init(.weightFile),
    help: .init(
      "Pixels count in proportion to the gray images of FILE, one for each image or one for all.",
      valueName: "FILE"
    ),
    completion: .file()
  )
  var weightFile: String?

  @Option(
    name: .init(.mapFile),
    help: .init(
      "No clustering: map to the colors of FILE, an image, a GIMP palette or a list of hex colors.",
      valueName: "FILE"
    ),
    completion: .file()
  )
  var mapFile: String?

  @Option(
    name: .init(.palette),
    help: .init(
      "Also write the palette, n x 1, to FILE; '-' writes it instead of the image.", valueName: "FILE"
    ),
    completion: .file()
  )
  var palette: String?

  @Flag(name: .init(.floyd), help: "The same as -dither floyd.")
  var isFloyd = false

  @Option(
    name: .init(.dither),
    help: .init(
      """
      Let neighbors make up for each other's errors: \(dithers.map(\.word).joined(separator: ", ")). \
      (default: \(dithers[0].word))
      """,
      valueName: "METHOD"
    ),
    completion: .list(dithers.map(\.word))
  )
  var dither: String?

  @Option(
    name: .init(.ditherStrength),
    help: .init("The part of the errors that a dither makes up for, 0 to 1. (default: 1)", valueName: "X")
  )
  var ditherStrength: String?

  @Option(
    name: .init(.order),
    help: .init(
      """
      Order of the palette: \(orders.map(\.word).joined(separator: ", ")). \
      (default: \(PaletteOrder.rgb.rawValue))
      """,
      valueName: "ORDER"
    ),
    completion: .list(orders.map(\.word))
  )
  var order: String?

  @Flag(name: .init(.index), help: "Write the numbers of the colors in the palette instead of the colors.")
  var isIndex = false

  @Option(
    name: .init(.report),
    help: .init(
      "Also write to FILE, for each image, a line of JSON that tells what was done and what was lost.",
      valueName: "FILE"
    ),
    completion: .file()
  )
  var report: String?

  @Flag(name: .init(.plain), help: "Write the plain formats.")
  var isPlain = false

  @Flag(name: .init(.quiet), help: "Only error messages, whatever else is asked for.")
  var isQuiet = false

  @Flag(name: .init(.verbose), help: "Say what is read, found and done, and how long it takes.")
  var isVerbose = false

  // These two are declared for the help and the completion; NetpbmArguments finds them and Request answers.
  @Flag(name: .init(.version), help: "Print the version and exit.")
  var isVersionWanted = false

  @Flag(name: .init(.help), help: "Print this help and exit.")
  var isHelpWanted = false

  @Argument(help: "The file to read; none or '-' is standard input.", completion: .file())
  var netpbmfile: String?
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
