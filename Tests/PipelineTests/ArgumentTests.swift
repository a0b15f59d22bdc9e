import Foundation
import Testing
import pamkmeans

@Suite struct ArgumentTests {
  /// Command lines and the arguments they stand for.
  @Test(arguments: [
    ("-k 7", "-k=7"), ("-k7", "-k=7"), ("-k=7", "-k=7"), ("--k 7", "-k=7"), ("--k=7", "-k=7"),
    ("-colors 7", "-k=7"), ("--colors=7", "-k=7"), ("-c 7", "-k=7"), ("--colo=7", "-k=7"),
    ("-k -1", "-k=-1"), ("-k-1", "-k=-1"), ("-k3,5", "-k=3,5"), ("-k7=3", "-k=7=3"), ("-k=", "-k="),
    ("-maxi 5", "-maxiter=5"), ("--maxi=5", "-maxiter=5"),
    ("-mapo out.ppm", "-mapout=out.ppm"), ("-mapout -", "-mapout=-"), ("-mapout=-", "-mapout=-"),
    ("-mapout --", "-mapout=--"), ("-mapout -k -k 7", "-mapout=-k -k=7"), ("-mapout=a=b", "-mapout=a=b"),
    ("-mapout -help", "-mapout=-help"),
    ("-pl -q --verb", "-plain -quiet -verbose"), ("-k 3 -k 7", "-k=3 -k=7"),
    ("in.ppm -k 7", "-k=7 -- in.ppm"), ("-k 7 in.ppm -plain", "-k=7 -plain -- in.ppm"),
    ("-k 7 -", "-k=7 -- -"), ("-k 7 --", "-k=7"), ("-k 7 -- -plain", "-k=7 -- -plain"),
    ("-k 7 -- -help", "-k=7 -- -help"), ("-- --", "-- --"),
    ("--generate-completion-script zsh", "--generate-completion-script zsh"),
  ])
  func spellings(line: String, canonical: String) throws {
    let arguments = try NetpbmArguments(words(line))
    #expect(arguments.canonical == words(canonical))
    #expect(arguments.inquiry == nil)
  }

  /// Command lines with a mistake in names.
  @Test(
    arguments: [
      ("-foo", .unknownOption("-foo", suggestion: nil)),
      ("--foo=1", .unknownOption("--foo=1", suggestion: nil)),
      ("---k 7", .unknownOption("---k", suggestion: nil)),
      ("-=7", .unknownOption("-=7", suggestion: nil)),
      ("-K 7", .unknownOption("-K", suggestion: .colorCount)),
      ("-kx", .unknownOption("-kx", suggestion: .colorCount)),
      ("--seedling 1", .unknownOption("--seedling", suggestion: .seed)),
      ("-s1", .unknownOption("-s1", suggestion: nil)),
      ("-ma 3", .ambiguousOption("ma", candidates: [.iterationLimit, .mapFile, .palette, .paletteFormat])),
      ("--v", .ambiguousOption("v", candidates: [.verbose, .version])),
      ("-k", .missingValue(.colorCount)), ("-k 7 --mapout", .missingValue(.palette)),
      ("-p", .ambiguousOption("p", candidates: [.decibels, .plain])),
      ("-k 7 -report", .missingValue(.report)), ("-psn", .missingValue(.decibels)),
      ("-plain=yes", .unexpectedValue(.plain, "yes")), ("-q=", .unexpectedValue(.quiet, "")),
      ("-help=me", .unexpectedValue(.help, "me")),
      ("-k 7 a b", .tooManyFiles(["a", "b"])), ("a - -- -b", .tooManyFiles(["a", "-", "-b"])),
      ("-foo -bar", .unknownOption("-foo", suggestion: nil)),
    ] as [(String, UsageError)])
  func mistakesInNames(line: String, mistake: UsageError) {
    #expect(throws: mistake) { try NetpbmArguments(words(line)) }
  }

  /// Help and version win over mistakes before and after them; version over help.
  @Test(
    arguments: [
      ("-help", .help), ("--he", .help), ("-k 0 -foo -help", .help),
      ("a b -help -k", .help), ("-help=all", .allOptions), ("-he=all", .allOptions),
      ("-version", .version), ("-help --version", .version), ("-versi -h -plain=3", .version),
    ] as [(String, NetpbmArguments.Inquiry)])
  func inquiries(line: String, inquiry: NetpbmArguments.Inquiry) throws {
    #expect(try NetpbmArguments(words(line)).inquiry == inquiry)
  }

  /// Values that are not what they should be, each named with its option and what is wanted.
  @Test(arguments: [
    (
      "-k", ["0", "-1", "3.5", "7x", "0x10", "NaN", "+7", "", " 7", "1e3", "\u{663}", "--"],
      "a whole number of 1 or more"
    ),
    ("-k", ["3,", ",", ",3", "3,,5", "3,0", "3, 5", "3,-5", "3,5x"], "a list of whole numbers of 1 or more"),
    ("-psnr", ["-1", "inf", "", "35dB", "35,40"], "a number of 0 or more"),
    ("-report", [""], "a file name"),
    ("-report", ["-"], "a file: standard output is for images"),
    ("-seed", ["-1", "x", ""], "a whole number of 0 or more"),
    ("-runs", ["0", "1.0"], "a whole number of 1 or more"),
    ("-maxiter", ["-1", "inf"], "a whole number of 0 or more"),
    (
      "-tolerance", ["-1", "+1", "nan", "inf", "0x1p3", "1e999", "1e", ".", "", "1,5", "1 "],
      "a number of 0 or more"
    ),
    ("-threads", ["0", "-2"], "a whole number of 1 or more"),
    (
      "-memory", ["", "K", "-1", "+1", "1.5G", "1T", "1KB", "1 M", "0x10", "\u{663}", "1MM"],
      "a number of bytes, or of K, M or G"
    ),
    ("-init", ["best", ""], "one of random, pixels, kmeans++, wu, maximin, in_pixels"),
    ("-mapout", [""], "a file name"),
  ])
  func mistakesInValues(option: String, values: [String], wanted: String) throws {
    let name = try #require(OptionName(rawValue: String(option.dropFirst())))
    for value in values {
      #expect(throws: UsageError.badValue(name, value, wanted: wanted)) {
        try Request(arguments: ["-k=7", option, value])
      }
    }
  }

  @Test func numbersPastTheLargest() {
    #expect(throws: UsageError.numberTooLarge(.colorCount, "9223372036854775808", limit: UInt64(Int.max))) {
      try Request(arguments: ["-k", "9223372036854775808"])
    }
    #expect(throws: UsageError.numberTooLarge(.colorCount, "9223372036854775808", limit: UInt64(Int.max))) {
      try Request(arguments: ["-k", "3,9223372036854775808"])
    }
    #expect(throws: UsageError.numberTooLarge(.seed, "18446744073709551616", limit: .max)) {
      try Request(arguments: ["-k7", "-seed", "18446744073709551616"])
    }
    for size in ["9223372036854775808", "8589934592G", "99999999999999999999K"] {
      #expect(throws: UsageError.numberTooLarge(.memory, size, limit: UInt64(Int.max))) {
        try Request(arguments: ["-k7", "-memory", size])
      }
    }
  }

  @Test func colorCountIsRequired() {
    #expect(throws: UsageError.missingColorCount(file: nil)) { try Request(arguments: []) }
    #expect(throws: UsageError.missingColorCount(file: "in.ppm")) {
      try Request(arguments: ["-plain", "in.ppm"])
    }
  }

  @Test func listsAndTargets() throws {
    #expect(try settings("-k 7").goals == [.colorCount(7)])
    #expect(try settings("-k 5,3,5,1").goals == [5, 3, 5, 1].map { .colorCount($0) })
    #expect(try settings("-k5,3").goals == [.colorCount(5), .colorCount(3)])
    #expect(try settings("-psnr 35").goals == [.decibels(35, ceiling: 256)])
    #expect(try settings("-ps 1e1 -k 7").goals == [.decibels(10, ceiling: 7)])
    #expect(try settings("-psnr 35 -k 3,5 -k 9").goals == [.decibels(35, ceiling: 9)])
    #expect(throws: UsageError.listWithDecibels) { try settings("-psnr 35 -k 3,5") }
    #expect(throws: UsageError.badValue(.colorCount, "0", wanted: "a whole number of 1 or more")) {
      try settings("-psnr 35 -k 0")
    }
  }

  @Test func defaults() throws {
    let settings = try settings("-k 7")
    #expect(settings.kMeans.clusterCount == 7)
    #expect(settings.kMeans.start == nil)
    #expect(settings.kMeans.seed == 1)
    #expect(settings.kMeans.runCount == 1)
    #expect(settings.kMeans.iterationLimit == nil)
    #expect(settings.kMeans.tolerance == 0)
    #expect(settings.kMeans.threadCount == ProcessorCount.available)
    #expect(settings.memoryLimit == AvailableMemory.byteCount / 4)
    #expect(settings.inputPath == nil)
    #expect(settings.paletteDestination == nil)
    #expect(settings.reportPath == nil)
    #expect(!settings.isPlain)
    #expect(settings.verbosity == .normal)
  }

  @Test func everyOptionArrives() throws {
    let settings = try settings(
      "-k 3 -k 65537 -init kmeans++ -seed 18446744073709551615 -runs 4 -maxiter 0 -tolerance 1e-3 -threads 5 "
        + "-memory 3k -mapout p.ppm -report r.jsonl -plain -verbose in.ppm")
    #expect(settings.kMeans.clusterCount == 65537)
    #expect(settings.kMeans.start == .kMeansPlusPlus)
    #expect(settings.kMeans.seed == .max)
    #expect(settings.kMeans.runCount == 4)
    #expect(settings.kMeans.iterationLimit == 0)
    #expect(settings.kMeans.tolerance == 0.001)
    #expect(settings.kMeans.threadCount == 5)
    #expect(settings.memoryLimit == 3072)
    #expect(settings.inputPath == "in.ppm")
    #expect(settings.paletteDestination == .file("p.ppm"))
    #expect(settings.reportPath == "r.jsonl")
    #expect(settings.isPlain)
    #expect(settings.verbosity == .verbose)
  }

  @Test func otherSpellingsOfValues() throws {
    #expect(try settings("-k 007").kMeans.clusterCount == 7)
    #expect(try settings("-k 7 -init in_pixels").kMeans.start == .pixels)
    #expect(try settings("-k 7 -tol .5 -tol 0.25").kMeans.tolerance == 0.25)
    #expect(try settings("-k 7 -memory 0").memoryLimit == 0)
    #expect(try settings("-k 7 -mem 017").memoryLimit == 17)
    #expect(try settings("-k 7 -memory 5M").memoryLimit == 5 << 20)
    #expect(try settings("-k 7 -memory 8589934591g").memoryLimit == 8_589_934_591 << 30)
    #expect(try settings("-k 7 -").inputPath == nil)
    #expect(try settings("-k 7 -- -x").inputPath == "-x")
    #expect(try settings("-k 7 -mapout -").paletteDestination == .standardOutput)
    #expect(try settings("-k 7 -quiet -verbose").verbosity == .quiet)
    #expect(try settings("-k 7 -verbose -quiet").verbosity == .quiet)
  }
}

/// Splits a command line at its spaces.
private func words(_ line: String) -> [String] {
  line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
}

/// What a command line that quantizes asks for.
private func settings(_ line: String) throws -> Settings {
  guard case .quantize(let settings) = try Request(arguments: words(line)) else {
    throw UsageError.other("not a command line that quantizes")
  }
  return settings
}
