import Clustering
import Memory
import Workers

/// Finds the nearest palette entries in sample space. The palette and the image may have different maxvals.
struct NearestEntries {
  private let palette: Palette
  private let kind: TupleKind
  private let histogram: Histogram
  private let image: TupleKind

  /// Number of planes that are compared.
  private let dimension: Int

  /// The factors that bring the samples of the image and of the palette to a common scale.
  private let imageFactor: Int
  private let paletteFactor: Int

  init(_ palette: Palette, _ kind: TupleKind, _ histogram: Histogram, _ image: TupleKind) {
    self.palette = palette
    self.kind = kind
    self.histogram = histogram
    self.image = image
    let isGray = image.color == .gray && kind.color == .gray
    dimension = (isGray ? 1 : max(image.colorCount, kind.colorCount)) + (kind.hasOpacity ? 1 : 0)
    let divisor = greatestCommonDivisor(histogram.layout.maxval, palette.layout.maxval)
    imageFactor = palette.layout.maxval / divisor
    paletteFactor = histogram.layout.maxval / divisor
  }

  /// Finds the nearest entry of each tuple; among equally near entries, the first.
  func labels(threadCount: Int) throws -> Storage<UInt32> {
    if imageFactor == 1 && !(image.hasOpacity && !kind.hasOpacity) {
      return try assignedLabels(threadCount)
    }
    let largest = imageFactor * histogram.layout.maxval
    let (square, overflow) = largest.multipliedReportingOverflow(by: largest)
    if !overflow && square < Int.max / dimension {
      return try comparedLabels(Int.self, threadCount)
    }
    return try comparedLabels(Int128.self, threadCount)
  }

  /// The plane of the image that holds coordinate `plane`; nil for the opacity of an image without opacity.
  private func source(_ plane: Int) -> Int? {
    if kind.hasOpacity && plane == dimension - 1 { return image.hasOpacity ? image.depth - 1 : nil }
    return image.colorCount == 1 ? 0 : plane
  }

  /// A coordinate of an entry, before it is multiplied by `paletteFactor`.
  private func coordinate(_ plane: Int, of entry: Int) -> Int {
    if kind.hasOpacity && plane == dimension - 1 { return palette.sample(plane: kind.depth - 1, of: entry) }
    return palette.sample(plane: kind.colorCount == 1 ? 0 : plane, of: entry)
  }

  /// Finds the entries with a point tree.
  ///
  /// The palette's maxval has to divide the image's, and no two tuples may be equal in all compared planes. The points
  /// then have the histogram's order.
  private func assignedLabels(_ threadCount: Int) throws -> Storage<UInt32> {
    let coordinates = try Storage<UInt16>(count: dimension * histogram.count)
    for plane in 0..<dimension {
      let target = coordinates.base + plane * histogram.count
      if let source = source(plane) {
        target.update(from: histogram.samples.base + source * histogram.count, count: histogram.count)
      } else {
        target.update(repeating: UInt16(histogram.layout.maxval), count: histogram.count)
      }
    }
    let points = Points(
      count: histogram.count, dimension: dimension, upperBound: histogram.layout.maxval,
      coordinates: coordinates, weights: histogram.weights)
    let entries = try Centroids(count: palette.count, dimension: dimension, fractionBits: 0)
    for entry in 0..<palette.count {
      for plane in 0..<dimension {
        entries.position(entry)[plane] = Int32(paletteFactor * coordinate(plane, of: entry))
      }
    }
    return try AnyPointTree(points, threadCount: threadCount).labels(
      nearest: entries, threadCount: threadCount)
  }

  /// Finds the entries by comparing each tuple with each entry. `Number` has to hold their squared distances.
  private func comparedLabels<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, _ threadCount: Int
  ) throws -> Storage<UInt32> {
    let labels = try Storage<UInt32>(count: histogram.count)
    let entries = try Storage<Number>(count: dimension * palette.count)
    for entry in 0..<palette.count {
      for plane in 0..<dimension {
        entries.base[entry * dimension + plane] = Number(paletteFactor * coordinate(plane, of: entry))
      }
    }
    let jobLength = 1024
    withWorkers(threadCount, sharing: (histogram.count + jobLength - 1) / jobLength) { _, job in
      withUnsafeTemporaryAllocation(of: Number.self, capacity: dimension) { tuple in
        for index in job * jobLength..<min((job + 1) * jobLength, histogram.count) {
          for plane in 0..<dimension {
            let sample = source(plane).map { Int(histogram.samples.base[$0 * histogram.count + index]) }
            tuple[plane] = Number(imageFactor * (sample ?? histogram.layout.maxval))
          }
          labels.base[index] = nearest(to: tuple, among: entries)
        }
      }
    }
    return labels
  }

  @inline(__always)
  private func nearest<Number: FixedWidthInteger & BitwiseCopyable>(
    to tuple: UnsafeMutableBufferPointer<Number>, among entries: Storage<Number>
  ) -> UInt32 {
    var best = 0
    var lowest = Number.max
    for entry in 0..<palette.count {
      var square: Number = 0
      for plane in 0..<dimension {
        let way = tuple[plane] &- entries.base[entry &* dimension &+ plane]
        square &+= way &* way
      }
      if square < lowest {
        lowest = square
        best = entry
      }
    }
    return UInt32(truncatingIfNeeded: best)
  }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
  second == 0 ? first : greatestCommonDivisor(second, first % second)
}
