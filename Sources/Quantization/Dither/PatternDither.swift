import Memory
import Workers

/// Ordered dithering with any palette. Each tuple has a pattern: a list of entries whose mean is close to the tuple.
/// The threshold map selects an entry of the pattern for each pixel.
///
/// Knoll, "Pattern dithering of images", US patent 6606166, 1999 (expired). A pattern depends only on its tuple, so it
/// is computed once.
struct PatternDither {
  private let colors: DitherColors
  private let strength: Int
  private let map: ThresholdMap
  private let patterns: Patterns

  /// Number of entries in a pattern: one for each level of the Bayer matrix.
  static let length = 64

  /// The patterns of all tuples. A pattern contains the numbers of its entries from dark to light, in the smallest
  /// sufficient type.
  private enum Patterns {
    case bytes(Storage<UInt8>)
    case words(Storage<UInt16>)
    case longs(Storage<UInt32>)
  }

  /// Computes the pattern of each tuple.
  ///
  /// - Parameters:
  ///   - colors: The palette and the tuples of the image.
  ///   - map: Selects the entry for each pixel.
  ///   - strength: The fraction of the way from the nearest entry to the color that the pattern covers, as in
  ///     `DitherSettings`.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  init(_ colors: DitherColors, _ map: ThresholdMap, strength: Int, threadCount: Int) throws {
    self.colors = colors
    self.strength = strength
    self.map = map
    if colors.entryCount <= 1 << 8 {
      patterns = .bytes(try Self.patterns(colors, strength, threadCount))
    } else if colors.entryCount <= 1 << 16 {
      patterns = .words(try Self.patterns(colors, strength, threadCount))
    } else {
      patterns = .longs(try Self.patterns(colors, strength, threadCount))
    }
  }

  /// Maps a row.
  ///
  /// Several threads may call it at the same time.
  ///
  /// - Parameters:
  ///   - row: The numbers of the row's tuples. They are replaced by the numbers of palette entries.
  ///   - number: The number of the row in the image.
  func map(_ row: UnsafeMutableBufferPointer<UInt32>, number: Int) {
    switch patterns {
    case .bytes(let patterns): map(row, number, patterns)
    case .words(let patterns): map(row, number, patterns)
    case .longs(let patterns): map(row, number, patterns)
    }
  }

  private func map<Label: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeMutableBufferPointer<UInt32>, _ number: Int, _ patterns: Storage<Label>
  ) {
    let patterns = patterns.base
    map.withRow(number, levelCount: Self.length) { levels in
      for column in 0..<row.count {
        let place = Int(row[column]) &* Self.length &+ Int(levels[column & (levels.count &- 1)])
        row[column] = UInt32(truncatingIfNeeded: patterns[place])
      }
    }
  }

  private static func patterns<Label: FixedWidthInteger & BitwiseCopyable>(
    _ colors: DitherColors, _ strength: Int, _ threadCount: Int
  ) throws -> Storage<Label> {
    let patterns = try Storage<Label>(count: colors.tupleCount * length)
    let jobLength = 256
    let jobCount = (colors.tupleCount + jobLength - 1) / jobLength
    let finders = try (0..<min(threadCount, jobCount)).map { _ in
      try PatternFinder(colors, strength: strength)
    }
    withWorkers(finders.count, sharing: jobCount) { worker, job in
      for tuple in job * jobLength..<min((job + 1) * jobLength, colors.tupleCount) {
        finders[worker].find(tuple, into: patterns.base + tuple * length)
      }
    }
    return patterns
  }
}
