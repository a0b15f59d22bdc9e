import Memory

/// Finds the pattern of a tuple. Each entry of the pattern is the one nearest to the color plus the accumulated error
/// of the entries before it.
///
/// The accumulated error is not clipped. The mean of the pattern therefore approaches the color or, if no mixture of
/// entries equals the color, the nearest mixture, as in the method of Frank and Wolfe. With errors clipped to the
/// palette's bounding box, local means were 10 to 25 % worse. Only one thread may use a finder at a time.
struct PatternFinder {
  private let colors: DitherColors
  private let strength: Int
  private let search: EntrySearch

  /// The color that the pattern approximates, and this color plus the accumulated error, times `DitherColors.scale`.
  private let target: Storage<Int>
  private let color: Storage<Int>

  /// `places` has the ranks, from dark to light, of the pattern's entries, sorted; `order` has the entry of each rank.
  private let places: Storage<UInt32>
  private let order: Storage<UInt32>

  init(_ colors: DitherColors, strength: Int) throws {
    self.colors = colors
    self.strength = strength
    search = try EntrySearch(colors)
    target = try Storage(count: colors.dimension)
    color = try Storage(count: colors.dimension)
    places = try Storage(count: PatternDither.length)
    order = try Storage(count: colors.entryCount)
    for entry in 0..<colors.entryCount {
      order.base[Int(colors.ranks.base[entry])] = UInt32(truncatingIfNeeded: entry)
    }
  }

  /// Finds the pattern of a tuple.
  ///
  /// - Parameters:
  ///   - tuple: The number of the tuple.
  ///   - pattern: Memory for `PatternDither.length` numbers of entries, which are written from dark to light.
  func find<Label: FixedWidthInteger>(_ tuple: Int, into pattern: UnsafeMutablePointer<Label>) {
    switch colors.dimension {
    case 1: collect(tuple, 1)
    case 3: collect(tuple, 3)
    case 4: collect(tuple, 4)
    default: collect(tuple, colors.dimension)
    }
    for index in 0..<PatternDither.length {
      pattern[index] = Label(truncatingIfNeeded: order.base[Int(places.base[index])])
    }
  }

  @inline(__always)
  private func collect(_ tuple: Int, _ dimension: Int) {
    let (color, target, entries) = (color.base, target.base, colors.entries.base)
    if let entry = search.entry(of: tuple) {
      places.elements.update(repeating: colors.ranks.base[entry])
      return
    }
    for plane in 0..<dimension {
      color[plane] = Int(colors.tuples.base[plane &* colors.tupleCount &+ tuple]) &* DitherColors.scale
    }
    var entry = search.nearest(to: color, for: tuple, dimension: dimension)
    for plane in 0..<dimension {
      let start = entries[entry &* dimension &+ plane] &* DitherColors.scale
      target[plane] = start &+ (color[plane] &- start) &* strength / DitherSettings.wholeStrength
      color[plane] = target[plane]
    }
    for length in 0..<PatternDither.length {
      insert(colors.ranks.base[entry], length)
      var rest = 0
      for plane in 0..<dimension {
        let error = color[plane] &- entries[entry &* dimension &+ plane] &* DitherColors.scale
        color[plane] = target[plane] &+ error
        rest |= error
      }
      if rest == 0 && length == 0 {
        places.elements.update(repeating: colors.ranks.base[entry])
        return
      }
      entry = search.nearest(to: color, for: tuple, dimension: dimension)
    }
  }

  /// Inserts a rank into the first `length` ranks, which are sorted.
  @inline(__always)
  private func insert(_ place: UInt32, _ length: Int) {
    let places = places.base
    var index = length
    while index > 0 && places[index &- 1] > place {
      places[index] = places[index &- 1]
      index &-= 1
    }
    places[index] = place
  }
}
