import Clustering
import Memory
import PamStream
import Quantization

/// The content of `-report` for one output image.
struct Report {
  /// The number of the image in the input, starting at 1.
  let number: Int
  let header: PamHeader
  /// Number of distinct colors of the image; nil if similar colors were merged.
  let colorCount: Int?
  /// The palette in its final order, and the loss of each color.
  let palette: Palette
  let losses: Storage<Mapping.Loss>
  let setting: ColorSetting
  let distortion: Distortion
  /// How the palette was found; nil if it is that of `-mapfile`.
  let search: Search?
  let watch: Stopwatch

  /// How a palette was found.
  struct Search {
    let kMeans: KMeansSettings
    /// Whether the initial centroids came from a file.
    let isFromFile: Bool
    /// The factor from the inertias of the history to those of tuples.
    let inertiaScale: Double
    let reduction: Reduction
  }

  /// Writes the report as one line of JSON and flushes the output.
  ///
  /// - Throws: `SystemError`, `OutOfMemory`.
  func write(to output: ByteOutput) throws {
    var json = JSONWriter(output)
    try json.object { json in
      try image(&json)
      try course(&json)
      try loss(&json)
      try json.name("palette")
      try json.array(colors)
      try json.name("seconds")
      try json.object { json in
        try json.member("reading", watch.seconds("reading"))
        try json.member("clustering", watch.seconds(search == nil ? "mapping" : "clustering"))
        try json.member("writing", watch.seconds("writing"))
      }
      try json.member("raw_bytes", rawByteCount)
      try json.member("indexed_bytes", indexedByteCount)
    }
    try [UInt8(ascii: "\n")].withUnsafeBytes(output.write)
    try output.flush()
  }

  private func image(_ json: inout JSONWriter) throws {
    try json.member("image", number)
    try json.member("width", header.width)
    try json.member("height", header.height)
    try json.member("depth", header.layout.depth)
    try json.member("maxval", header.layout.maxval)
    try json.member("tuple_type", header.tupleType)
  }

  private func course(_ json: inout JSONWriter) throws {
    try json.member("colors_before", colorCount)
    try json.member("k", search?.reduction.wantedCount)
    try json.member("colors_after", palette.count)
    let isModes = search.map { $0.reduction.wantedCount == nil }
    try json.member("method", isModes.map { ($0 ? ClusteringMethod.meanShift : .kMeans).rawValue })
    try json.member("space", setting.space.rawValue)
    try json.member("alpha", setting.kind.hasOpacity ? setting.opacity.rawValue : nil)
    let isFromFile = search?.isFromFile ?? false
    let start = search?.kMeans.start
    try json.member("init", isFromFile ? "file" : start?.rawValue)
    let isSearched = isModes == false && !isFromFile && start == nil
    try json.member("effort", isSearched ? search?.kMeans.effort.rawValue : nil)
    try json.member("seed", search?.kMeans.seed)
    try json.member("runs", search?.kMeans.runCount)
    try json.member("run", course?.run)
    try json.member("iterations", course?.history.count ?? 0)
    try json.member("converged", search == nil ? nil : course?.isConverged ?? true)
    try json.member("optimal", isOptimal)
  }

  private var course: Clustering.Course? { search?.reduction.clustering?.course }

  /// Whether no palette of equally many colors has a lower inertia. It is true if the search was exact or the inertia
  /// is 0.
  private var isOptimal: Bool {
    guard colorCount != nil else { return false }
    if let search, search.reduction.wantedCount == nil { return false }
    return course?.isOptimal ?? (distortion.inertia == 0)
  }

  private func loss(_ json: inout JSONWriter) throws {
    try json.member("inertia", distortion.roundedInertia)
    try json.name("history")
    try json.array { json in
      for inertia in course?.history ?? [] {
        try json.number(inertia * (search?.inertiaScale ?? 1))
      }
    }
    try json.member("mse", distortion.meanSquaredError)
    try json.member("psnr", distortion.decibels)
  }

  private func colors(_ json: inout JSONWriter) throws {
    for entry in 0..<palette.count {
      try json.object { json in
        try json.name("samples")
        try json.array { json in
          for plane in 0..<palette.layout.depth {
            try json.integer(palette.sample(plane: plane, of: entry))
          }
        }
        try json.member("pixels", losses.elements[entry].pixels)
        try json.member("inertia", distortion.rounded(losses.elements[entry].inertia))
      }
    }
  }

  /// Bytes of the image's raster in a raw format. In PBM, eight pixels share a byte.
  private var rawByteCount: Int {
    header.format == .pbm ? (header.width + 7) / 8 * header.height : header.rasterByteCount
  }

  /// Bytes of the palette and of an index for each pixel, with as few bits per index as the number of colors allows.
  private var indexedByteCount: Int {
    let bits = Int.bitWidth - (palette.count - 1).leadingZeroBitCount
    let (eights, rest) = (header.width * header.height).quotientAndRemainder(dividingBy: 8)
    return palette.tuples.count + eights * bits + (rest * bits + 7) / 8
  }
}
