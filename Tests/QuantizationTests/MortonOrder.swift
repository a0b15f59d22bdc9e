/// Whether one tuple comes before another in Z-order: the highest bit in which they differ decides, and among bits of
/// one height that of the first plane.
func precedesInMortonOrder(_ first: [Int], _ second: [Int]) -> Bool {
  var deciding = 0
  var height = 0
  for plane in 0..<first.count {
    let difference = first[plane] ^ second[plane]
    let top = Int.bitWidth - difference.leadingZeroBitCount
    if top > height {
      height = top
      deciding = plane
    }
  }
  return first[deciding] < second[deciding]
}
