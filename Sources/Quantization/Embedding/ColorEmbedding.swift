import Clustering
import Memory

/// The embedding that a color space gives: tuple to position, position to nearest tuple.
///
/// Coordinates are on one scale, from 0 to 1, with the opacity the last. Where opacity is premultiplied, a color c of
/// opacity a, before a gray background g, is seen as a c + (1 - a) g. The mean over all g of 0...1 of the squared
/// difference of two such tuples is that of a c - a/2, in each coordinate of light, and of a/sqrt(12) for each of
/// these; so with the second for a coordinate of its own the distance of tuples is just what is seen of it.
struct ColorEmbedding {
  let layout: TupleLayout
  let space: ColorSpace

  /// Whether colors are their lightness alone, in however many planes of the same sample it is written.
  let isGray: Bool

  /// Planes without opacity.
  let planeCount: Int

  /// Whether the tuples say how opaque they are; else they are opaque.
  private let saysOpacity: Bool

  /// Whether opacity is a coordinate.
  let hasOpacity: Bool

  let isPremultiplied: Bool
  private let transfer: Transfer

  /// - Parameters:
  ///   - kind: What the planes mean: gray or RGB, with or without opacity.
  ///   - layout: That of the tuples.
  ///   - isGray: Whether the planes of color always agree, in these and in what they are compared with.
  ///   - hasOpacity: Whether opacity is compared.
  ///   - space: Where distances are taken.
  ///   - opacity: What opacity means.
  /// - Throws: `OutOfMemory`.
  init(
    _ kind: TupleKind, _ layout: TupleLayout, isGray: Bool, hasOpacity: Bool, space: ColorSpace,
    opacity: OpacityModel
  ) throws {
    self.layout = layout
    self.space = space
    self.isGray = isGray
    self.hasOpacity = hasOpacity
    planeCount = kind.colorCount
    saysOpacity = kind.hasOpacity
    isPremultiplied = hasOpacity && opacity == .premultiplied
    transfer = try Transfer(maxval: layout.maxval, isLinear: space == .sample)
  }

  /// Coordinates of a color without opacity.
  private var colorDimension: Int { isGray ? 1 : 3 }

  /// Coordinates.
  var dimension: Int { colorDimension + (hasOpacity ? 1 : 0) }

  /// Whether a coordinate is one of light, on which a gray background acts, or one of chroma.
  private func isLight(_ coordinate: Int) -> Bool { coordinate == 0 || space != .oklab }

  /// What opacity is multiplied by for its coordinate.
  private var opacityScale: Double {
    guard isPremultiplied else { return 1 }
    return isGray || space == .oklab ? 1 / 12.0.squareRoot() : 0.5
  }

  /// The coordinates of a tuple.
  ///
  /// - Parameters:
  ///   - samples: The first sample.
  ///   - stride: How far apart the samples are.
  /// - Returns: As many as there are, then zeros.
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

  /// The tuple at a place in the space: what is outside of the gamut is clipped, then rounded to samples.
  ///
  /// The color is that of the place with its own opacity, not with the opacity that is written. The place of a mean so
  /// has the mean of colors weighted by opacity, which lies among them; a color that made up for a rounded or forced
  /// opacity would not.
  ///
  /// - Parameters:
  ///   - place: The coordinates.
  ///   - isOpaque: Whether it is to be opaque whatever the place.
  ///   - samples: Gets the tuple.
  func tuple(at place: SIMD4<Double>, isOpaque: Bool, into samples: UnsafeMutablePointer<UInt16>) {
    var share = 1.0
    if hasOpacity {
      let maxval = Double(layout.maxval)
      let opacity = min(max(place[colorDimension] / opacityScale, 0), 1)
      let sample = isOpaque ? maxval : (opacity * maxval).rounded()
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
      samples[plane] = transfer.sample(color[isGray ? 0 : plane])
    }
  }

  /// Whether a tuple lets nothing through, where that matters.
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

  func position(of place: UnsafePointer<UInt16>) -> SIMD4<UInt16> {
    onGrid(coordinates(place, stride: 1))
  }

  func isStrict(_ place: UnsafePointer<UInt16>) -> Bool { isOpaque(Int(place[layout.depth - 1])) }

  func positionsOnLine() throws -> Storage<UInt16>? {
    guard dimension == 1 else { return nil }
    let positions = try Storage<UInt16>(count: layout.maxval + 1)
    let tuple = try Storage<UInt16>(count: layout.depth)
    for sample in 0...layout.maxval {
      for plane in 0..<layout.depth {
        tuple.base[plane] = UInt16(truncatingIfNeeded: sample)
      }
      positions.base[sample] = position(of: tuple.base)[0]
    }
    return positions
  }

  /// Coordinates on the grid of the points.
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

  /// Whether a tuple is opaque, where opacity matters.
  ///
  /// - Parameters:
  ///   - tuples: Samples, tuple by tuple.
  ///   - tuple: The number of the tuple.
  /// - Returns: False also where opacity does not matter.
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
