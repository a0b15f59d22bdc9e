import Clustering
import Memory

extension Palette {
  /// The colors of chosen tuples of an image, in the order of `numbers`.
  ///
  /// - Parameters:
  ///   - histogram: The tuples of the image.
  ///   - numbers: The numbers of the chosen tuples in the histogram, at least one.
  /// - Throws: `OutOfMemory`.
  convenience init(_ histogram: Histogram, numbers: Storage<UInt32>) throws {
    try self.init(layout: histogram.layout, count: numbers.elements.count)
    for (entry, tuple) in numbers.elements.enumerated() {
      for plane in 0..<layout.depth {
        let sample = histogram.samples.base[plane * histogram.count + Int(tuple)]
        setSample(Int(sample), plane: plane, of: entry)
      }
    }
  }

  /// Converts tuples to colors and keeps their order.
  ///
  /// - Throws: `OutOfMemory`.
  package convenience init(_ tuples: Places, layout: TupleLayout) throws {
    try self.init(layout: layout, count: tuples.count)
    for entry in 0..<count {
      for plane in 0..<layout.depth {
        setSample(Int(tuples.place(entry)[plane]), plane: plane, of: entry)
      }
    }
  }

  /// The colors as centroid positions, one coordinate per plane, in the palette's order.
  ///
  /// - Throws: `OutOfMemory`.
  func positions() throws -> Centroids {
    let positions = try Centroids(count: count, dimension: layout.depth, fractionBits: 0)
    for entry in 0..<count {
      for plane in 0..<layout.depth {
        positions.position(entry)[plane] = Int32(truncatingIfNeeded: sample(plane: plane, of: entry))
      }
    }
    return positions
  }

  /// A search for the nearest colors by their samples.
  ///
  /// - Throws: `OutOfMemory`.
  func nearestColors() throws -> NearestColors {
    let coordinates = try Storage<Int>(count: count * layout.depth)
    for entry in 0..<count {
      for plane in 0..<layout.depth {
        coordinates.base[entry * layout.depth + plane] = sample(plane: plane, of: entry)
      }
    }
    return try NearestColors(coordinates, dimension: layout.depth, upperBound: layout.maxval)
  }

  /// The colors as places of a lattice, one coordinate per plane, in the palette's order.
  ///
  /// - Throws: `OutOfMemory`.
  func places() throws -> Places {
    let places = try Places(count: count, width: layout.depth)
    for entry in 0..<count {
      for plane in 0..<layout.depth {
        places.place(entry)[plane] = UInt16(truncatingIfNeeded: sample(plane: plane, of: entry))
      }
    }
    return places
  }
}
