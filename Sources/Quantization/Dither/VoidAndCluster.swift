import Clustering

/// Makes a blue-noise array of ranks: for every *n*, the first *n* ranks are spread evenly over the array.
///
/// Ulichney, "The void-and-cluster method for dither array generation", Proceedings of SPIE 1913, 1993. Distances wrap
/// around at the edges of the array. So the tightest cluster of zeros is the largest void of ones, and the second and
/// the third phase of the paper are the same. It uses only integers and resolves ties by the lowest index, so the
/// result is the same on every machine.
struct VoidAndCluster {
  static let side = 64
  private static let count = side * side

  private var isOne = [Bool](repeating: false, count: count)

  /// For each cell, the sum, over all cells that are one, of a Gaussian function of the distance.
  private var crowding = [Int](repeating: 0, count: count)

  /// exp(-d^2 / (2 * 1.5^2)) in units of 2^-28 for distances 0 to 9; the paper's sigma is 1.5.
  private static let gaussian = [
    268_435_456, 214_946_310, 110_357_115, 36_328_788, 7_667_993, 1_037_750, 90_050, 5010, 179, 4,
  ]

  /// Computes the ranks, row by row.
  mutating func ranks() -> [UInt16] {
    var generator = SplitMix64(seed: 1)
    var oneCount = 0
    while oneCount < Self.count / 10 {
      let place = Int(generator.draw(below: UInt64(Self.count)))
      if !isOne[place] {
        set(place, true)
        oneCount += 1
      }
    }
    // Move ones until the tightest cluster, once removed, leaves the largest void.
    while true {
      let cluster = tightestCluster()
      set(cluster, false)
      let void = largestVoid()
      set(void, true)
      if void == cluster { break }
    }
    var ranks = [UInt16](repeating: 0, count: Self.count)
    let prototype = self
    for rank in (0..<oneCount).reversed() {
      let place = tightestCluster()
      set(place, false)
      ranks[place] = UInt16(rank)
    }
    self = prototype
    for rank in oneCount..<Self.count {
      let place = largestVoid()
      set(place, true)
      ranks[place] = UInt16(rank)
    }
    return ranks
  }

  private mutating func set(_ place: Int, _ one: Bool) {
    isOne[place] = one
    let reach = Self.gaussian.count - 1
    let (row, column) = (place / Self.side, place % Self.side)
    Self.gaussian.withUnsafeBufferPointer { gaussian in
      crowding.withUnsafeMutableBufferPointer { crowding in
        for down in -reach...reach {
          let start = (row &+ down) & (Self.side - 1) &* Self.side
          let share = one ? gaussian[abs(down)] : -gaussian[abs(down)]
          for along in -reach...reach {
            crowding[start &+ (column &+ along) & (Self.side - 1)] &+= share &* gaussian[abs(along)]
          }
        }
      }
    }
  }

  /// The cell with the largest crowding among the ones.
  private func tightestCluster() -> Int {
    var best = (place: 0, crowding: -1)
    for place in 0..<Self.count where isOne[place] && crowding[place] > best.crowding {
      best = (place, crowding[place])
    }
    return best.place
  }

  /// The cell with the smallest crowding among the zeros.
  private func largestVoid() -> Int {
    var best = (place: 0, crowding: Int.max)
    for place in 0..<Self.count where !isOne[place] && crowding[place] < best.crowding {
      best = (place, crowding[place])
    }
    return best.place
  }
}
