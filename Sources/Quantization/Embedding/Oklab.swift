/// The color space Oklab.
///
/// Ottosson, "A perceptual color space for image processing", 2020, with the matrices for linear sRGB.
package enum Oklab {
  /// Converts linear red, green and blue in 0...1 to lightness in 0...1 and two coordinates of chroma in -0.35...0.35.
  package static func coordinates(_ light: SIMD3<Double>) -> SIMD3<Double> {
    let long = 0.4122214708 * light.x + 0.5363325363 * light.y + 0.0514459929 * light.z
    let medium = 0.2119034982 * light.x + 0.6806995451 * light.y + 0.1073969566 * light.z
    let short = 0.0883024619 * light.x + 0.2817188376 * light.y + 0.6299787005 * light.z
    let (l, m, s) = (cubeRoot(long), cubeRoot(medium), cubeRoot(short))
    return SIMD3(
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  /// Converts coordinates to linear red, green and blue, which may lie outside of 0...1.
  package static func light(_ lab: SIMD3<Double>) -> SIMD3<Double> {
    let l = lab.x + 0.3963377774 * lab.y + 0.2158037573 * lab.z
    let m = lab.x - 0.1055613458 * lab.y - 0.0638541728 * lab.z
    let s = lab.x - 0.0894841775 * lab.y - 1.2914855480 * lab.z
    let (long, medium, short) = (l * l * l, m * m * m, s * s * s)
    return SIMD3(
      4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
      -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
      -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)
  }
}
