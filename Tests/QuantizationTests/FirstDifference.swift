/// Where two lists differ first, or where the shorter one ends; nil if they are equal.
///
/// For long lists: a failed comparison of arrays looks for the fewest changes between them, which takes minutes.
func firstDifference<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int? {
  for (index, pair) in zip(first, second).enumerated() where pair.0 != pair.1 {
    return index
  }
  return first.count == second.count ? nil : min(first.count, second.count)
}
