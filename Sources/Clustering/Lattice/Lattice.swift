import Memory

/// The places to which centroids are rounded, where not every position of the points' grid can be written.
///
/// A place is a tuple of `placeWidth` integers. Each place has a position on the points' grid; several places may share
/// a position. Some places are *strict*. If there are any, points of the second part (see `Points.secondPart`) are
/// assigned to strict places only.
package protocol Lattice {
  /// Number of integers in a place, at least 1.
  var placeWidth: Int { get }

  /// Finds the place nearest to a position.
  ///
  /// - Parameters:
  ///   - position: The coordinates, on the scale 0...1 of the grid.
  ///   - isStrict: Whether the place has to be strict.
  ///   - place: Receives the integers of the place.
  func nearestPlace(to position: SIMD4<Double>, isStrict: Bool, into place: UnsafeMutablePointer<UInt16>)

  /// Whether a place lies on each point.
  var coversPoints: Bool { get }

  /// The coordinates that places have; nil unless each coordinate of a place can be chosen independently of the others,
  /// or if every position of the grid is a place.
  func steps() -> GridSteps?

  /// The position of a place on the points' grid.
  func position(of place: UnsafePointer<UInt16>) -> SIMD4<UInt16>

  /// Whether a place is strict.
  func isStrict(_ place: UnsafePointer<UInt16>) -> Bool

  /// The positions of all places, in any order; nil unless they have one coordinate and no place is strict.
  ///
  /// - Throws: `OutOfMemory`.
  func positionsOnLine() throws -> Storage<UInt16>?
}

extension Lattice {
  /// The positions of places on the points' grid, in the order of the places.
  ///
  /// - Parameters:
  ///   - places: Places of this lattice.
  ///   - dimension: Coordinates of a position, 1 to 4.
  /// - Returns: A centroid for each place.
  /// - Throws: `OutOfMemory`.
  package func positions(of places: Places, dimension: Int) throws -> Centroids {
    let positions = try Centroids(count: places.count, dimension: dimension, fractionBits: 0)
    for number in 0..<places.count {
      let position = position(of: places.place(number))
      for plane in 0..<dimension {
        positions.position(number)[plane] = Int32(position[plane])
      }
    }
    return positions
  }
}
