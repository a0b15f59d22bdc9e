import Memory

/// The coordinates that places of a lattice can have, if each coordinate can be chosen independently of the others.
package struct GridSteps {
  /// For each coordinate its values on the points' grid, distinct and ascending, at least one.
  private let values: [[Int32]]

  /// - Parameter values: For each coordinate its values on the points' grid, distinct and ascending, at least one.
  package init(_ values: [[Int32]]) {
    self.values = values
  }

  /// The value nearest to a coordinate, of two the higher.
  func nearest(_ coordinate: Double, plane: Int) -> Int32 {
    let values = values[plane]
    let place = (0..<values.count - 1).partitioningIndex {
      Double(values[$0]) + Double(values[$0 + 1]) > 2 * coordinate
    }
    return values[place]
  }

  /// The steps from a value to the next higher and to the next lower one; nil where there is none.
  func around(_ value: Int32, plane: Int) -> (up: Int32?, down: Int32?) {
    let values = values[plane]
    let place = values.partitioningIndex { $0 >= value }
    return (
      place + 1 < values.count ? values[place + 1] - value : nil,
      place > 0 ? values[place - 1] - value : nil
    )
  }
}
