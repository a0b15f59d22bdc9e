/// The error that a file is not a valid palette.
package enum PaletteMistake: Error, Equatable {
  /// The file has none of the known formats.
  case unknownFormat
  /// This line, counted from 1, does not match the format.
  case badLine(Int)
  /// The number of colors that the file states differs from the number of colors that it has.
  case count(stated: Int, found: Int)
  /// The file has no colors.
  case empty
  /// The file ends within a color.
  case truncated
  /// This color, counted from 1, is in a color model that has no conversion to RGB without a profile.
  case colorModel(String, color: Int)
  /// A sample of this color, counted from 1, is outside of its range.
  case range(color: Int)
}

extension PaletteMistake: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownFormat:
      "neither a Netpbm image nor a palette: GIMP, CSS or hexadecimal colors, JASC, paint.net, .act, .aco or .ase"
    case .badLine(let number): "line \(number) is no color"
    case .count(let stated, let found): "it says that it has \(stated) colors, but has \(found)"
    case .empty: "there is no color in it"
    case .truncated: "end of file in the colors"
    case .colorModel(let model, let color): "color \(color) is \(model); only RGB, HSB and gray can be read"
    case .range(let color): "color \(color) has a sample out of range"
    }
  }
}
