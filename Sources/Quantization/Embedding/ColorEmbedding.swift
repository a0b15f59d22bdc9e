import Clustering
import Memory

/// The embedding of a color space: converts tuples to positions, and positions to the nearest tuples.
///
/// All coordinates are on the scale 0...1; opacity is the last.
///
/// If opacity is premultiplied, the squared distance between two tuples is the mean squared difference of the visible
/// colors over all gray backgrounds. A color c of opacity a is seen as a c + (1 - a) g on a background g. For each
/// coordinate of light, the mean over g in 0...1 of the squared difference of two such colors is the squared difference
/// of a c - a/2 plus that of a/sqrt(12). So the coordinates of light are a c - a/2, plus 1/2 to be positive. The
/// coordinate of opacity is a/sqrt(12) times the square root of the number of coordinates of light.
struct ColorEmbedding {
  let layout: TupleLayout
  let space: ColorSpace

  /// Whether all colors are gray. Then they have one coordinate, even if they have three planes.
  let isGray: Bool

  /// Number of color planes.
  let planeCount: Int

  /// Whether the tuples have a plane of opacity. Otherwise they are opaque.
  private let saysOpacity: Bool

  /// Whether opacity is a coordinate.
  let hasOpacity: Bool

  let isPremultiplied: Bool
  private let transfer: Transfer

  /// The samples that places may have; nil is all.
  let levels: DeviceLevels?

  /// - Parameters:
  ///   - kind: The meaning of the planes: gray or RGB, with or without opacity.
  ///   - layout: The layout of the tuples.
  ///   - isGray: Whether the color planes are equal in all tuples, including those that they are compared with.
  ///   - hasOpacity: Whether opacity is a coordinate.
  ///   - space: The color space.
  ///   - opacity: The meaning of opacity.
  ///   - levels: The samples that places may have; nil is all.
  /// - Throws: `OutOfMemory`.
  init(
    _ kind: TupleKind, _ layout: TupleLayout, isGray: Bool, hasOpacity: Bool, space: ColorSpace,
    opacity: OpacityModel, levels: DeviceLevels? = nil
  ) throws {
    self.levels = levels
    self.layout = layout
    self.space = space
    self.isGray = isGray
    self.hasOpacity = hasOpacity
    planeCount = kind.colorCount
    saysOpacity = kind.hasOpacity
    isPremultiplied = hasOpacity && opacity.isPremultiplied
    transfer = try Transfer(maxval: layout.maxval, isLinear: space == .sample)
  }

  /// Number of color coordinates.
  private var colorDimension: Int { isGray ? 1 : 3 }

  /// Number of coordinates.
  var dimension: Int { colorDimension + (hasOpacity ? 1 : 0) }

  /// Whether a coordinate is light, which a gray background changes, and not chroma.
  private func isLight(_ coordinate: Int) -> Bool { coordinate == 0 || space != .oklab }

  /// The factor from opacity, 0...1, to its coordinate.
  private var opacityScale: Double {
    guard isPremultiplied else { return 1 }
    return isGray || space == .oklab ? 1 / 12.0.squareRoot() : 0.5
  }

  /// Converts a tuple to coordinates.
  ///
  /// - Parameters:
  ///   - samples: The first sample.
  ///   - stride: The distance from one sample to the next.
  /// - Returns: `dimension` coordinates, then zeros.
  func coordinates(_ samples: UnsafePointer<UInt16>, stride: Int) -> SIMD4<Double> {
    let color = self.color(samples, stride: stride)
    let opacity = saysOpacity ? Double(samples[planeCount * stride]) / Double(layout.maxval) : 1
    let share = isPremultiplied ? opacity : 1
    var coordinates = SIMD4<Double>.zero
    for index in 0..<colorDimension {
      coordinates[index] = share * (isLight(index) ? color[index] - 0.5 : color[index]) + 0.5
    }
    if hasOpacity {
      coordinates[colorDimension] = opacity * opacityScale
    }
    return coordinates
  }

  private func color(_ samples: UnsafePointer<UInt16>, stride: Int) -> SIMD3<Double> {
    let first = transfer.light(samples[0])
    guard !isGray else { return SIMD3(space == .oklab ? cubeRoot(first) : first, 0, 0) }
    let light =
      planeCount == 1
      ? SIMD3(repeating: first)
      : SIMD3(first, transfer.light(samples[stride]), transfer.light(samples[2 * stride]))
    return space == .oklab ? Oklab.coordinates(light) : light
  }

  /// Converts a position to a tuple: colors outside of the gamut are clipped, then rounded to samples.
  ///
  /// The color is computed with the opacity of the position, not with the rounded or forced opacity of the tuple. So
  /// the mean of several positions gives the mean of their colors, weighted by opacity. With the opacity of the tuple,
  /// the color could lie outside of the range of these colors.
  ///
  /// - Parameters:
  ///   - place: The coordinates of the position.
  ///   - isOpaque: Whether the tuple is made opaque, for any opacity of the position.
  ///   - samples: Receives the tuple.
  func tuple(at place: SIMD4<Double>, isOpaque: Bool, into samples: UnsafeMutablePointer<UInt16>) {
    var share = 1.0
    if hasOpacity {
      let maxval = Double(layout.maxval)
      let opacity = min(max(place[colorDimension] / opacityScale, 0), 1)
      let nearest =
        levels.map { Double($0.nearest(opacity * maxval, plane: planeCount)) } ?? (opacity * maxval).rounded()
      let sample = isOpaque ? maxval : nearest
      samples[planeCount] = UInt16(sample)
      share = isPremultiplied && sample > 0 ? opacity : isPremultiplied ? 0 : 1
    }
    guard share > 0 else {
      for plane in 0..<planeCount { samples[plane] = 0 }
      return
    }
    var color = SIMD3<Double>.zero
    for index in 0..<colorDimension {
      color[index] = (place[index] - 0.5) / share + (isLight(index) ? 0.5 : 0)
    }
    if space == .oklab {
      color = isGray ? color * color * color : Oklab.light(color)
    }
    for plane in 0..<planeCount {
      let light = color[isGray ? 0 : plane]
      samples[plane] =
        levels.map { transfer.sample(light, among: $0.levels(plane)) } ?? transfer.sample(light)
    }
  }

  /// Whether a tuple is opaque; false if opacity is not premultiplied.
  @inline(__always)
  func isOpaque(_ opacity: @autoclosure () -> Int) -> Bool {
    isPremultiplied && (!saysOpacity || opacity() == layout.maxval)
  }
}

extension ColorEmbedding: Lattice {
  var placeWidth: Int { layout.depth }

  func nearestPlace(to position: SIMD4<Double>, isStrict: Bool, into place: UnsafeMutablePointer<UInt16>) {
    tuple(at: position, isOpaque: isStrict, into: place)
  }

  var coversPoints: Bool { levels == nil }

  func steps() -> GridSteps? {
    guard let levels, space == .sample, !saysOpacity else { return nil }
    let bound = Double(ColorTuples.upperBound)
    return GridSteps(
      (0..<dimension).map { plane in
        levels.levels(plane).map { Int32((transfer.light($0) * bound).rounded()) }
      })
  }

  func position(of place: UnsafePointer<UInt16>) -> SIMD4<UInt16> {
    onGrid(coordinates(place, stride: 1))
  }

  func isStrict(_ place: UnsafePointer<UInt16>) -> Bool { isOpaque(Int(place[layout.depth - 1])) }

  func positionsOnLine() throws -> Storage<UInt16>? {
    guard dimension == 1 else { return nil }
    let samples = levels?.levels(0) ?? (0...layout.maxval).map { UInt16(truncatingIfNeeded: $0) }
    let positions = try Storage<UInt16>(count: samples.count)
    let tuple = try Storage<UInt16>(count: layout.depth)
    for (number, sample) in samples.enumerated() {
      for plane in 0..<layout.depth {
        tuple.base[plane] = sample
      }
      positions.base[number] = position(of: tuple.base)[0]
    }
    return positions
  }

  /// Rounds coordinates to the points' grid.
  @inline(__always)
  func onGrid(_ position: SIMD4<Double>) -> SIMD4<UInt16> {
    let bound = Double(ColorTuples.upperBound)
    let grid = (position * bound).rounded(.toNearestOrAwayFromZero).clamped(
      lowerBound: .zero, upperBound: SIMD4(repeating: bound))
    var near = SIMD4<UInt16>()
    for index in 0..<4 {
      near[index] = UInt16(truncatingIfNeeded: Int32(grid[index]))
    }
    return near
  }

  /// Whether a tuple is opaque; false if opacity is not premultiplied.
  ///
  /// - Parameters:
  ///   - tuples: Samples, tuple by tuple.
  ///   - tuple: The number of the tuple.
  /// - Returns: Whether it is opaque.
  @inline(__always)
  func isOpaque(_ tuples: Storage<UInt16>, _ tuple: Int) -> Bool {
    isOpaque(Int(tuples.base[tuple * layout.depth + layout.depth - 1]))
  }
}

extension ColorEmbedding: Embedding {
  var inertiaScale: Double {
    let scale = Double(layout.maxval) / Double(ColorTuples.upperBound)
    return scale * scale * (isGray ? Double(planeCount) : 1)
  }

  func embed(
    _ histogram: Histogram, _ members: Storage<UInt32>?, weights: Storage<Int>, threadCount: Int
  ) throws -> any EmbeddedTuples {
    guard let members = members?.elements else { return try embedded(histogram, threadCount: threadCount) }
    let memberWeights = try Storage<Int>(count: members.count)
    for (index, tuple) in members.enumerated() {
      memberWeights.base[index] = weights.base[Int(tuple)]
    }
    return try ColorTuples(
      self, tuples: histogram.samples(of: members), weights: memberWeights, threadCount: threadCount)
  }

  /// Embeds all tuples of an image, each with its pixel count.
  ///
  /// - Throws: `OutOfMemory`.
  func embedded(_ histogram: Histogram, threadCount: Int) throws -> ColorTuples {
    try ColorTuples(
      self, tuples: histogram.samples(of: 0..<histogram.count), weights: histogram.weights,
      threadCount: threadCount)
  }

  func positions(of tuples: Places) throws -> Centroids {
    try positions(of: tuples, dimension: dimension).sortedDistinct()
  }

  func tuples(of clustering: Clustering) throws -> Places {
    guard let tuples = clustering.places else { preconditionFailure("clusters of a space are at its tuples") }
    return tuples
  }

  func tuples(nearestTo centroids: Centroids, isOpaque: (Int) -> Bool) throws -> Places {
    let tuples = try Places(count: centroids.count, width: layout.depth)
    let unit = Double(ColorTuples.upperBound << centroids.fractionBits)
    for number in 0..<centroids.count {
      var position = SIMD4<Double>.zero
      for plane in 0..<dimension {
        position[plane] = Double(centroids.position(number)[plane]) / unit
      }
      tuple(at: position, isOpaque: isPremultiplied && isOpaque(number), into: tuples.place(number))
    }
    return tuples
  }

  func centroids(
    count: Int, sample: (_ color: Int, _ plane: Int, _ unit: Int) -> Int
  ) throws -> Centroids {
    let centroids = try Centroids(count: count, dimension: dimension)
    let unit = Double(ColorTuples.upperBound << centroids.fractionBits)
    let tuple = try Storage<UInt16>(count: layout.depth)
    for number in 0..<count {
      for plane in 0..<layout.depth {
        tuple.base[plane] = UInt16(truncatingIfNeeded: sample(number, plane, 1))
      }
      let place = coordinates(tuple.base, stride: 1)
      for plane in 0..<dimension {
        centroids.position(number)[plane] = Int32((place[plane] * unit).rounded())
      }
    }
    return centroids
  }
}
