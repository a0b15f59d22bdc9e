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
  let kMeans: KMeansSettings
  let setting: ColorSetting
  /// Whether the initial centroids came from a file.
  let isFromFile: Bool
  let reducer: Reducer
  let reduction: Reduction
  let watch: Stopwatch

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
        for stage in ["reading", "clustering", "writing"] {
          try json.member(stage, watch.seconds(stage))
        }
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
    try json.member("k", reduction.wantedCount)
    try json.member("colors_after", reduction.palette.count)
    let isModes = reduction.wantedCount == nil
    try json.member("method", (isModes ? ClusteringMethod.meanShift : .kMeans).rawValue)
    try json.member("space", setting.space.rawValue)
    try json.member("alpha", setting.kind.hasOpacity ? setting.opacity.rawValue : nil)
    try json.member("init", isFromFile ? "file" : kMeans.start?.rawValue)
    let isSearched = !isModes && !isFromFile && kMeans.start == nil
    try json.member("effort", isSearched ? kMeans.effort.rawValue : nil)
    try json.member("seed", kMeans.seed)
    try json.member("runs", kMeans.runCount)
    let course = reduction.clustering?.course
    try json.member("run", course?.run)
    try json.member("iterations", course?.history.count ?? 0)
    try json.member("converged", course?.isConverged ?? true)
    try json.member("optimal", isOptimal)
  }

  /// Whether no palette of equally many colors has a lower inertia. It is true if the search was exact or the inertia
  /// is 0.
  private var isOptimal: Bool {
    guard colorCount != nil, reduction.wantedCount != nil else { return false }
    return reduction.clustering?.course?.isOptimal ?? (reduction.distortion.inertia == 0)
  }

  private func loss(_ json: inout JSONWriter) throws {
    try json.member("inertia", reduction.distortion.roundedInertia)
    try json.name("history")
    try json.array { json in
      let scale = try reducer.inertiaScale()
      for inertia in reduction.clustering?.course?.history ?? [] {
        try json.number(inertia * scale)
      }
    }
    try json.member("mse", reduction.distortion.meanSquaredError)
    try json.member("psnr", reduction.distortion.decibels)
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
        try json.member("inertia", reduction.distortion.rounded(losses.elements[entry].inertia))
      }
    }
  }

  /// Bytes of the image's raster in a raw format. In PBM, eight pixels share a byte.
  private var rawByteCount: Int {
    header.format == .pbm ? (header.width + 7) / 8 * header.height : header.rasterByteCount
  }

  /// Bytes of the palette and of an index for each pixel, with as few bits per index as the number of colors allows.
  private var indexedByteCount: Int {
    let count = reduction.palette.count
    let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
    let (eights, rest) = (header.width * header.height).quotientAndRemainder(dividingBy: 8)
    return reduction.palette.tuples.count + eights * bits + (rest * bits + 7) / 8
  }
}
