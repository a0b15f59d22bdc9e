import Foundation
import Testing
import pamkmeans

/// Options that exclude each other do, and all others go together.
@Suite struct OptionTableTests {
  /// An option with a value that is good by itself.
  private func arguments(_ name: OptionName, _ path: String) -> [String] {
    switch name {
    case .colorCount: ["-k", "3"]
    case .decibels: ["-psnr", "20"]
    case .effort: ["-effort", "fast"]
    case .start: ["-init", "wu"]
    case .paletteFormat: ["-mapout", "/dev/null", "-mapformat", "hex"]
    case .order: ["-sort", "count"]
    case .space: ["-space", "oklab"]
    case .opacity: ["-alpha", "planes"]
    case .weightFile: ["-weightfile", path + ".pgm"]
    case .startFile, .mapFile, .fixed: ["\(name)", path]
    case .palette, .report, .histogramOutput: ["\(name)", "/dev/null"]
    case .method: ["-method", "meanshift"]
    case .bandwidth: ["-method", "meanshift", "-bandwidth", "0.2"]
    case .dither: ["-dither", "bluenoise"]
    case .ditherStrength: ["-dither", "bluenoise", "-ditherstrength", "0.5"]
    case .ditherSpread: ["-dither", "bluenoise", "-ditherspread", "8"]
    case .tolerance: ["-tolerance", "0.1"]
    case .emphasis: ["-emphasis", "0.5"]
    case .depths: ["-depths", "5,6,5"]
    default: name.takesValue ? ["\(name)", "3"] : ["\(name)"]
    }
  }

  @Test func everyPairIsAsTheTableSays() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path("colors.hex")
    try Data("000000\n808080\nffffff\n".utf8).write(to: URL(fileURLWithPath: path))
    let image = NetpbmImage.noise(magic: 6, maxval: 255).bytes
    try NetpbmImage.noise(magic: 5, maxval: 255).bytes.write(to: URL(fileURLWithPath: path + ".pgm"))
    let histogram = try Program.run(["-histout", "-"], input: .bytes(image)).output
    let names = OptionName.allCases.filter { ![.version, .help, .exact].contains($0) }
    for (index, first) in names.enumerated() {
      for second in names[(index + 1)...] {
        var line = arguments(first, path) + arguments(second, path)
        // Something has to say how many colors there are.
        let counts: [OptionName] = [.colorCount, .decibels, .startFile, .mapFile, .method, .bandwidth]
        if ![first, second].contains(where: counts.contains) {
          line += ["-k", "3"]
        }
        let readsHistogram = [first, second].contains(.histogramInput)
        if readsHistogram && ![first, second].contains(.palette) { line += ["-mapout", "/dev/null"] }
        let outcome = try Program.run(line, input: .bytes(readsHistogram ? histogram : image))
        let modes: [OptionName] = [.method, .bandwidth]
        let isForModes =
          modes.contains(first) && OptionTable.notForModes.contains(second)
          || modes.contains(second) && OptionTable.notForModes.contains(first)
        if isForModes {
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
          #expect(outcome.errors.hasSuffix(" and -method meanshift exclude each other\n"), "\(line)")
        } else if first == .floyd && [.dither, .ditherStrength, .ditherSpread].contains(second) {
          #expect(outcome.errors == "pamkmeans: -floyd and -dither exclude each other\n", "\(line)")
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
        } else if OptionTable.excludes(first, second) {
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
          #expect(outcome.errors.contains(" exclude each other"), "\(line)")
          #expect(outcome.errors.contains("\(first)") && outcome.errors.contains("\(second)"), "\(line)")
        } else {
          #expect(outcome.status == 0, "\(line): \(outcome.errors)")
        }
      }
    }
  }

  @Test func dithersThatAgreeGoTogether() throws {
    let image = NetpbmImage.noise(magic: 6, maxval: 255).bytes
    let output = try Program.run(["-k", "3", "-floyd"], input: .bytes(image)).output
    #expect(!output.isEmpty)
    for line in [["-floyd", "-dither", "floyd"], ["-dither=floyd"]] {
      #expect(try Program.run(["-k", "3"] + line, input: .bytes(image)).output == output, "\(line)")
    }
    let conflict = try Program.run(["-k", "3", "-dither", "none", "-fs"], input: .bytes(image))
    #expect(conflict.status == 1 && conflict.errors == "pamkmeans: -floyd and -dither exclude each other\n")
    #expect(try Program.run(["-psnr", "20", "-dither", "none"], input: .bytes(image)).status == 0)
  }

  @Test func aStrengthIsForADither() throws {
    let cases = [
      (["0.5"], "-ditherstrength needs -floyd, or -dither with a method"),
      (["0.5", "-dither", "none"], "-ditherstrength needs -floyd, or -dither with a method"),
      (["1.01", "-floyd"], "-ditherstrength: '1.01' is not a number of 0 to 1"),
      (["-0", "-floyd"], "-ditherstrength: '-0' is not a number of 0 to 1"),
    ]
    for (line, message) in cases {
      let outcome = try Program.run(
        ["-k", "3", "-ditherstrength"] + line, input: .bytes(NetpbmImage.noise(magic: 5, maxval: 255).bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: \(message)\n")
    }
  }

  @Test func aBandwidthIsForModesOnly() throws {
    for line in [["-bandwidth", "0.1", "-k", "3"], ["-method", "kmeans", "-bandwidth", "0.1", "-k", "3"]] {
      let outcome = try Program.run(line, input: .bytes(NetpbmImage.noise(magic: 5, maxval: 255).bytes))
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors == "pamkmeans: -bandwidth is for -method meanshift\n")
    }
  }
}

extension OptionTable {
  /// Whether two options exclude each other.
  fileprivate static func excludes(_ first: OptionName, _ second: OptionName) -> Bool {
    exclusions.contains { option, others in
      option == first && others.contains(second) || option == second && others.contains(first)
    }
  }
}
