import Foundation

/// A color as the options `-space` and `-alpha` compare it, by the formulas as they are written: the oracle for the
/// program's. Coordinates are of 0...1 or about 0.
struct WorkingColor {
  let coordinates: [Double]

  /// - Parameters:
  ///   - tuple: The samples.
  ///   - image: Whose maxval they have; opacity is the last plane if its tuple type says so.
  ///   - space: A word of `-space`.
  ///   - isPremultiplied: Whether `-alpha` is so.
  init(_ tuple: [Int], of image: NetpbmImage, space: String, isPremultiplied: Bool = true) {
    let parts = tuple.map { Double($0) / Double(image.maxval) }
    let hasOpacity = image.tupleType.hasSuffix("_ALPHA")
    var color = hasOpacity ? Array(parts.dropLast()) : parts
    if color.count == 1 { color = [color[0], color[0], color[0]] }
    if space != "sample" {
      color = color.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    }
    if space == "oklab" { color = Self.oklab(color) }
    guard hasOpacity, let opacity = parts.last else {
      coordinates = color
      return
    }
    guard isPremultiplied else {
      coordinates = color + [opacity]
      return
    }
    // Before a gray background g a plane of light is c a + g (1 - a). The mean square over g in 0...1 of x + g y is
    // (x + y / 2)^2 + y^2 / 12.
    let light = space == "oklab" ? 1 : 3
    let seen = color.enumerated().map { $1 * opacity - ($0 < light ? opacity / 2 : 0) }
    coordinates = seen + [opacity * sqrt(Double(light) / 12)]
  }

  /// Oklab of linear light, by way of CIE XYZ.
  private static func oklab(_ light: [Double]) -> [Double] {
    func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let xyz = times(
      [
        [0.4123907992659595, 0.3575843393838780, 0.1804807884018343],
        [0.2126390058715104, 0.7151686787677559, 0.0721923153607337],
        [0.0193308187155918, 0.1191947797946259, 0.9505321522496606],
      ], light)
    let cones = times(
      [
        [0.8189330101, 0.3618667424, -0.1288597137],
        [0.0329845436, 0.9293118715, 0.0361456387],
        [0.0482003018, 0.2643662691, 0.6338517070],
      ], xyz)
    return times(
      [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
      ], cones.map(cbrt))
  }

  /// The squared distance from another color of the same kind.
  func square(to other: WorkingColor) -> Double {
    zip(coordinates, other.coordinates).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}

extension NetpbmImage {
  /// The mean over the pixels of the squared distance, in a space, from another image's.
  func meanSquare(to other: NetpbmImage, space: String) -> Double {
    let squares = zip(tuples, other.tuples).map {
      WorkingColor($0, of: self, space: space).square(to: WorkingColor($1, of: other, space: space))
    }
    return squares.reduce(0, +) / Double(squares.count)
  }
}
